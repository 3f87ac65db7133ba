#include <algorithm>

#include "app/config_file.hpp"
#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "app/jobs/jobs.hpp"
#include "app/rfm_rules.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/pipeline/rfm.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/sink.hpp"
#include "tessera/table/source.hpp"

namespace tessera::app {
namespace {

class RfmJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "rfm"; }
  [[nodiscard]] std::string summary() const override {
    return "make customers of transactions: recency, frequency, monetary, scores, segments";
  }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, {.name = "input",
                      .value = "FILE",
                      .help = "transactions, a row each: as the customers of other jobs"})
        .add(read_.trust_input, table::ReadOptions::kTrustInput)
        .add(read_.pseudonymise, table::ReadOptions::kPseudonymise)
        .add(output_, {.name = "output", .value = "FILE", .help = "customers.csv or customers.h5"})
        .add(write_);
    options.group("Transactions")
        .add(transactions_)
        .add_repeated(transactions_.where, rfm::TransactionOptions::kWhere);
    options.group("Scores and segments")
        .add(rules_, {.name = "rules",
                      .value = "FILE.ini",
                      .help = "cut-offs and named segments; else quintiles and customary ones"});
    options.group("Reading text").add(read_);
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    require("output", output_);
    table::check_sink_name("output", output_);
    pipeline::check(write_, output_);
    rfm::check(transactions_);
    table::refuse_same_file(input_, output_);
    if (!rules_.empty()) {
      table::refuse_same_file(rules_, output_, "output", "rules");
    }
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    rfm::ScoreOptions scores;
    {
      const pipeline::Section section(observer, "open");
      if (!rules_.empty()) {
        scores = parse_rules(read_config(comm, rules_), rules_);
      }
      table::ReadOptions read = read_.with_ids({transactions_.customer});
      rfm::ask_for_columns(transactions_, read);
      table = pipeline::open_input(comm, input_, read, observer);
    }
    if (context.options.dry_run) {
      return describe(comm, *table, scores);
    }
    return report::customers(pipeline::make_customers(comm, *table, transactions_, scores, output_,
                                                      write_.csv_safe, observer),
                             output_);
  }

 private:
  [[nodiscard]] report::Document describe(const comm::Communicator& comm, const table::Table& table,
                                          const rfm::ScoreOptions& scores) const {
    rfm::check(comm, table, transactions_);
    const rfm::RuleTable rules(scores.rules, !transactions_.amount.empty());
    const std::uint64_t bytes = pipeline::rfm_bytes_per_rank(comm, table);
    return report::Document()
        .text(visible_format("would make customers of {} of {}, on {} with {} each at most; would "
                             "write {}\n",
                             counted(table.rows(), "row"), table.name(),
                             counted(comm.size(), "rank"), bytes_text(bytes), output_))
        .set({{"dry_run", true}, {"rows", table.rows()}, {"memory_bytes_per_rank", bytes}});
  }

  std::string input_;
  table::ReadOptions read_;
  std::string output_;
  pipeline::ScoreOptions write_;
  rfm::TransactionOptions transactions_;
  std::string rules_;
};

}  // namespace

std::unique_ptr<Job> make_rfm_job() { return std::make_unique<RfmJob>(); }

}  // namespace tessera::app
