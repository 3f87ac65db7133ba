#include <algorithm>
#include <memory>
#include <optional>

#include "app/config_file.hpp"
#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "app/jobs/jobs.hpp"
#include "app/rfm_rules.hpp"
#include "tessera/app/timings.hpp"
#include "tessera/base/byte_size.hpp"
#include "tessera/base/error.hpp"
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
    options.group("Another table").add(join_);
    options.group("Scores and segments")
        .add(rules_, {.name = "rules",
                      .value = "FILE.ini",
                      .help = "cut-offs and named segments; else quintiles and customary ones"});
    options.group("Memory").add(memory_);
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
    pipeline::check(memory_);
    check_join();
    if (!rules_.empty()) {
      table::refuse_same_file(rules_, output_, "output", "rules");
    }
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    const rfm::JoinKey key = rfm::join_key_of(join_.join_key, transactions_.customer);
    std::unique_ptr<table::Table> table;
    std::unique_ptr<table::Table> joined;
    std::optional<rfm::Join> join;
    rfm::ScoreOptions scores;
    {
      const pipeline::Section section(observer, "open");
      if (!rules_.empty()) {
        scores = parse_rules(read_config(comm, rules_), rules_);
      }
      table::ReadOptions read = read_.with_ids({transactions_.customer});
      rfm::ask_for_columns(transactions_, join_.join.empty() ? "" : key.own, read);
      table = pipeline::open_input(comm, input_, read, observer);
      if (!join_.join.empty()) {
        joined = open_joined(comm, *table, key, observer);
        join.emplace(rfm::Join{*joined, key});
      }
    }
    const pipeline::RfmTask task{.transactions = transactions_,
                                 .join = join ? &*join : nullptr,
                                 .scores = scores,
                                 .output = output_,
                                 .csv_safe = write_.csv_safe,
                                 .memory = memory_};
    if (context.options.dry_run) {
      return describe(comm, *table, task);
    }
    report::Document document =
        report::customers(pipeline::make_customers(comm, *table, task, observer), output_);
    if (const auto allowed = parse_bytes(memory_.memory)) {
      observer.info(fmt::format("peak memory {} of the {} that a rank may use",
                                bytes_text(peak_memory_bytes(comm)), bytes_text(*allowed)));
    }
    return document;
  }

 private:
  void check_join() const {
    if (join_.join.empty()) {
      if (!join_.join_key.empty()) {
        fail_about("join_key", ExitCode::kUsage, "join key {}: no table is joined", join_.join_key);
      }
      return;
    }
    static_cast<void>(rfm::join_key_of(join_.join_key, transactions_.customer));
    if (join_.join == "-" && input_ == "-") {
      fail_about("join", ExitCode::kUsage, "join -: the standard input is read already");
    }
    table::refuse_same_file(join_.join, output_, "output", "join");
  }

  /// Collective. Keys are read as text where the transactions' are, and as pseudonyms where they
  /// are the customers.
  [[nodiscard]] std::unique_ptr<table::Table> open_joined(const comm::Communicator& comm,
                                                          const table::Table& transactions,
                                                          const rfm::JoinKey& key,
                                                          pipeline::Observer& observer) const {
    table::ReadOptions read;
    read.trust_input = read_.trust_input && table::has_h5_name(table::split_path(join_.join).file);
    if (key.own == transactions_.customer && !read_.pseudonymise.empty()) {
      read.pseudonymise = read_.pseudonymise;
      read = read.with_ids({key.theirs});
    }
    if (!transactions.columns()[transactions.find(key.own)].is_number()) {
      read.expected.emplace(key.theirs, table::ColumnType::kText);
    }
    try {
      return pipeline::open_input(comm, join_.join, read, observer);
    } catch (const Error& error) {
      if (error.about().empty() || error.code() == ExitCode::kNoInput) {
        throw;
      }
      fail(error.code(), "{}; it is joined as it is found: ingest it as it is to be read first",
           error.what());
    }
  }

  [[nodiscard]] report::Document describe(const comm::Communicator& comm, const table::Table& table,
                                          const pipeline::RfmTask& task) const {
    rfm::check(comm, table, transactions_, task.join);
    const rfm::RuleTable rules(task.scores.rules, !transactions_.amount.empty());
    const std::uint64_t bytes = pipeline::rfm_bytes_per_rank(comm, table, task);
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
  rfm::JoinOptions join_;
  pipeline::RfmMemory memory_;
  std::string rules_;
};

}  // namespace

std::unique_ptr<Job> make_rfm_job() { return std::make_unique<RfmJob>(); }

}  // namespace tessera::app
