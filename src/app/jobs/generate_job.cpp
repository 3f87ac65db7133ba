#include "app/jobs/jobs.hpp"

#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/io/postgres.hpp"
#include "tessera/pipeline/generate.hpp"
#include "tessera/report/document.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::app {
namespace {

class GenerateJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "generate"; }
  [[nodiscard]] std::string summary() const override {
    return "make synthetic customers with known segments";
  }

  void list_options(Options& options) override {
    options.group("Customers")
        .add(output_,
             {.name = "output", .value = "FILE", .help = "where to, as .csv or .h5 (required)"})
        .add(options_);
  }

  void check() const override {
    if (output_.empty()) {
      fail(ExitCode::kUsage, "where to? --output customers.csv or --output customers.h5");
    }
    table::check_sink_name("output", output_);
    pipeline::check(options_);
  }

  report::Document run(Context& context) override {
    pipeline::GenerateOptions options = options_;
    options.seed = context.options.seed;
    const std::size_t columns = pipeline::synthetic_table(options)->columns().size();
    const std::uint64_t rows = pipeline::synthetic_rows(options);
    const std::string what = options.transactions > 0
                                 ? fmt::format("{} of {}", counted(rows, "transaction"),
                                               counted(options.rows, "customer"))
                                 : counted(rows, "customer");
    nlohmann::json json = {{"rows", rows}, {"segments", options.segments}, {"output", output_}};
    if (options.transactions > 0) {
      json["customers"] = options.rows;
    }
    if (context.options.dry_run) {
      pipeline::require_room(context.comm, output_, options);
      return report::Document()
          .text(visible_format("would write {} in {} and {} to {}\n", what,
                               counted(options.segments, "segment"), counted(columns, "column"),
                               output_))
          .set({{"dry_run", true}})
          .set(std::move(json));
    }
    JobObserver observer(context.console, context.timings);
    const std::vector<std::uint64_t> sizes =
        pipeline::generate(context.comm, output_, options, observer);
    std::string size;
    if (!io::is_database(output_)) {
      const std::uint64_t bytes = file_bytes(context.comm, output_);
      json["bytes"] = bytes;
      size = ", " + bytes_text(bytes);
    }
    report::Table segments({{.title = "", .left = true},
                            {.title = "", .width = 3},
                            {.title = "", .key = "sizes", .width = 15},
                            {.title = "", .width = 7}},
                           "  ");
    for (std::size_t s = 0; s < sizes.size(); ++s) {
      segments.row(
          {{"segment"},
           {fmt::format("{}", s + 1)},
           {grouped(sizes[s]), sizes[s]},
           {report::share_text(static_cast<double>(sizes[s]), static_cast<double>(rows))}});
    }
    return report::Document()
        .text(visible_format("{}: {}, {} columns{}\n", output_, what, columns, size))
        .add(segments)
        .set(std::move(json));
  }

 private:
  std::string output_;
  pipeline::GenerateOptions options_;
};

}  // namespace

std::unique_ptr<Job> make_generate_job() { return std::make_unique<GenerateJob>(); }

}  // namespace tessera::app
