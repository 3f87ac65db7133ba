#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "app/jobs/jobs.hpp"
#include "app/suggested_config.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/io/file.hpp"
#include "tessera/pipeline/check.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/source.hpp"

namespace tessera::app {
namespace {

class CheckJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "check"; }
  [[nodiscard]] std::string summary() const override {
    return "what to know of a table before training, and a recipe to begin with";
  }
  [[nodiscard]] std::string positional() const override { return "input"; }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, kInput)
        .add(read_.trust_input, table::ReadOptions::kTrustInput)
        .add(read_.pseudonymise, table::ReadOptions::kPseudonymise);
    options.group("Checks").add(options_);
    options.group("Reading text").add(read_);
    options.group("Output").add(
        suggest_, {.name = "suggest",
                   .value = "FILE.ini",
                   .help = "a commented recipe, as 'tessera train --config' takes it"});
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    if (!suggest_.empty()) {
      table::refuse_same_file(input_, suggest_, "suggest");
      if (!read_.pseudonymise.empty()) {
        table::refuse_same_file(read_.pseudonymise, suggest_, "suggest", "pseudonymise");
      }
    }
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    {
      const pipeline::Section section(observer, "open");
      table = pipeline::open_input(comm, input_, read_.with_ids({options_.id}), observer);
    }
    const std::uint64_t bytes = pipeline::plan_check(comm, *table, options_);
    if (context.options.dry_run) {
      return describe(comm, *table, bytes);
    }
    std::optional<io::OrderedTextFile> suggested;
    if (!suggest_.empty()) {
      suggested.emplace(comm, suggest_);  // before the work, so that it cannot be in vain
    }
    const pipeline::CheckResult found = pipeline::check_table(comm, *table, options_, observer);
    if (suggested) {
      const pipeline::Section section(observer, "write");
      suggested->append(comm.is_root() ? suggested_config(found, options_, input_, read_) : "");
      suggested->commit();
    }
    return report::check(table->name(), found, suggest_);
  }

 private:
  [[nodiscard]] report::Document describe(const comm::Communicator& comm, const table::Table& table,
                                          std::uint64_t bytes) const {
    return report::Document()
        .text(visible_format("would check {} of {} of {}, on {} with {} each at most{}\n",
                             counted(table.columns().size(), "column"),
                             counted(table.rows(), "row"), table.name(),
                             counted(comm.size(), "rank"), bytes_text(bytes),
                             suggest_.empty() ? std::string() : "; would write " + suggest_))
        .set({{"dry_run", true}, {"rows", table.rows()}, {"memory_bytes_per_rank", bytes}});
  }

  std::string input_;
  table::ReadOptions read_;
  pipeline::CheckOptions options_;
  std::string suggest_;
};

}  // namespace

std::unique_ptr<Job> make_check_job() { return std::make_unique<CheckJob>(); }

}  // namespace tessera::app
