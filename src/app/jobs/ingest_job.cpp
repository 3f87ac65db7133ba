#include "app/jobs/jobs.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "tessera/app/files.hpp"
#include "tessera/app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::app {
namespace {

using table::ReadReport;

std::string number_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.10g}", *value) : "";
}

std::string distinct_text(std::uint64_t distinct) {
  return distinct > table::kMaxLevels ? fmt::format("> {}", grouped(table::kMaxLevels))
                                      : grouped(distinct);
}

// Columns as wide as a terminal shows them: UTF-8 characters, not bytes.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string column_table(const ReadReport& report) {
  using Line = std::array<std::string, 6>;
  std::vector<Line> lines = {{"column", "type", "missing", "distinct", "minimum", "maximum"}};
  for (const ReadReport::ReportedColumn& column : report.columns) {
    lines.push_back({column.name,
                     fmt::format("{}{}", table::to_string(column.type), column.stated ? " *" : ""),
                     grouped(column.summary.missing), distinct_text(column.summary.distinct),
                     number_text(column.summary.minimum), number_text(column.summary.maximum)});
  }
  std::array<std::size_t, 6> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(line[i]));
    }
  }
  std::string text;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string padding(widths[i] - width_of(line[i]), ' ');
      const bool left = i < 2;
      row += fmt::format("  {}{}{}", left ? "" : padding, line[i], left ? padding : "");
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text.append(row).push_back('\n');
  }
  return text;
}

std::string report_text(const ReadReport& report, const std::string& input) {
  const std::string form =
      report.delimiter == '\0'
          ? report.format
          : fmt::format("delimiter {}, {}", table::delimiter_name(report.delimiter),
                        report.header ? "with header" : "no header");
  std::string text =
      fmt::format("{}: {} rows read, {} rejected ({}, {})\n", input, grouped(report.rows),
                  grouped(report.rejected), bytes_text(report.bytes), form);
  for (const ReadReport::Rejection& rejection : report.rejections) {
    text += fmt::format("  {}line {}: {}\n", rejection.file.empty() ? "" : rejection.file + ", ",
                        rejection.line, rejection.reason);
  }
  if (report.rejected > report.rejections.size()) {
    text += fmt::format("  and {} more\n", grouped(report.rejected - report.rejections.size()));
  }
  text += '\n';
  text += column_table(report);
  if (std::ranges::any_of(report.columns, &ReadReport::ReportedColumn::stated)) {
    text += "  * as stated\n";
  }
  for (const std::string& note : report.notes) {
    text += fmt::format("{}note: {}\n", &note == &report.notes.front() ? "\n" : "", note);
  }
  return text;
}

nlohmann::json optional_json(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json report_json(const ReadReport& report) {
  nlohmann::json columns = nlohmann::json::array();
  for (const ReadReport::ReportedColumn& column : report.columns) {
    columns.push_back(
        {{"name", column.name},
         {"type", table::to_string(column.type)},
         {"stated", column.stated},
         {"missing", column.summary.missing},
         {"distinct", std::min<std::uint64_t>(column.summary.distinct, table::kMaxLevels)},
         {"distinct_is_exact", column.summary.distinct <= table::kMaxLevels},
         {"minimum", optional_json(column.summary.minimum)},
         {"maximum", optional_json(column.summary.maximum)}});
  }
  nlohmann::json rejections = nlohmann::json::array();
  for (const ReadReport::Rejection& rejection : report.rejections) {
    rejections.push_back({{"line", rejection.line}, {"reason", rejection.reason}});
    if (!rejection.file.empty()) {
      rejections.back()["file"] = rejection.file;
    }
  }
  return {
      {"rows", report.rows},
      {"rejected", report.rejected},
      {"rejections", rejections},
      {"columns", columns},
      {"notes", report.notes},
      {"delimiter", report.delimiter == '\0' ? nlohmann::json()
                                             : nlohmann::json(std::string(1, report.delimiter))},
      {"header", report.header},
      {"bytes", report.bytes}};
}

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
        .add(output_, {.name = "output", .value = "FILE.h5", .help = "the table to write"});
    options.group("Reading text").add<table::ReadOptions>(options_);
  }

  void check() const override {
    require("input", input_);
    require("output", output_);
    refuse_same_file(input_, output_);
    table::check(options_);
  }

  nlohmann::json run(Context& context) override {
    table::IngestOptions options = options_;
    options.input = input_;
    options.output = context.options.dry_run ? "" : output_;
    ReadReport report;
    {
      const auto section = context.timings.section("ingest");
      JobObserver progress(context.console, context.timings);
      report = table::ingest(context.comm, options, progress);
    }
    std::string text = report_text(report, input_);
    text += context.options.dry_run
                ? fmt::format("\nnothing written: a dry run, else {}\n", output_)
                : fmt::format("\ntable  {}\n", output_);
    context.console.print(text);
    nlohmann::json json = report_json(report);
    if (context.options.dry_run) {
      json["dry_run"] = true;
    } else {
      json["output"] = output_;
    }
    return json;
  }

 private:
  std::string input_;
  std::string output_;
  table::IngestOptions options_;
};

}  // namespace

std::unique_ptr<Job> make_ingest_job() { return std::make_unique<IngestJob>(); }

}  // namespace tessera::app
