#include "app/jobs/jobs.hpp"

#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::app {
namespace {

class IngestJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "ingest"; }
  [[nodiscard]] std::string summary() const override {
    return "read text into a typed table, and report on its quality";
  }

  void list_options(Options& options) override {
    options.group("Data")
        .add(
            input_,
            {.name = "input", .value = "FILE", .help = "text: customers.csv; - for standard input"})
        .add(output_, {.name = "output", .value = "FILE.h5", .help = "the table to write"})
        .add(options_.pseudonymise, table::ReadOptions::kPseudonymise)
        .add(options_.ids,
             {.name = "id", .value = "A,B,...", .help = "the columns of ids that get pseudonyms"});
    options.group("Reading text").add<table::ReadOptions>(options_);
  }

  void check() const override {
    require("input", input_);
    require("output", output_);
    table::refuse_same_file(input_, output_);
    table::check(options_);
    if (options_.pseudonymise.empty() && !options_.ids.empty()) {
      fail(ExitCode::kUsage, "--id has no effect here without --pseudonymise KEYFILE");
    }
  }

  report::Document run(Context& context) override {
    table::IngestOptions options = options_;
    options.input = input_;
    options.output = context.options.dry_run ? "" : output_;
    JobObserver observer(context.console, context.timings);
    const pipeline::Section section(observer, "ingest");
    return report::reading(table::ingest(context.comm, options, observer), input_, output_,
                           context.options.dry_run);
  }

 private:
  std::string input_;
  std::string output_;
  table::IngestOptions options_;
};

}  // namespace

std::unique_ptr<Job> make_ingest_job() { return std::make_unique<IngestJob>(); }

}  // namespace tessera::app
