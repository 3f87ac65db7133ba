#include "app/jobs/jobs.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "tessera/app/files.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::app {
namespace {

using table::ColumnType;
using table::IngestReport;

/// A choice by its name; throws kUsage with all names if there is none such.
template <typename Value, std::size_t kCount>
Value choose(const std::string& option, const std::string& name,
             const std::array<std::pair<const char*, Value>, kCount>& choices) {
  std::vector<std::string> names;
  for (const auto& [known, value] : choices) {
    if (name == known) {
      return value;
    }
    names.emplace_back(known);
  }
  fail(ExitCode::kUsage, "--{} {}: expected one of {}", option, name, fmt::join(names, ", "));
}

std::optional<char> parse_delimiter(const std::string& text) {
  if (text == "auto") {
    return std::nullopt;
  }
  constexpr std::array<std::pair<const char*, char>, 4> kWords = {
      {{"tab", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}}};
  if (text == "\\t") {
    return '\t';
  }
  if (text.size() != 1) {
    return choose("delimiter", text, kWords);
  }
  if (std::string_view("\"\r\n ").find(text[0]) != std::string_view::npos) {
    fail(ExitCode::kUsage, "--delimiter: a quote, a space or a line end cannot be a delimiter");
  }
  return text[0];
}

std::map<std::string, ColumnType> parse_types(const std::string& text) {
  constexpr std::array<std::pair<const char*, ColumnType>, 4> kTypes = {
      {{"integer", ColumnType::kInteger},
       {"real", ColumnType::kReal},
       {"category", ColumnType::kCategory},
       {"text", ColumnType::kText}}};
  std::map<std::string, ColumnType> types;
  for (const std::string& entry : split_names(text)) {
    const std::size_t equals = entry.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      fail(ExitCode::kUsage, "--types {}: expected COLUMN=TYPE, such as zip=text", entry);
    }
    types[entry.substr(0, equals)] = choose("types", entry.substr(equals + 1), kTypes);
  }
  return types;
}

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

std::string column_table(const IngestReport& report) {
  using Line = std::array<std::string, 6>;
  std::vector<Line> lines = {{"column", "type", "missing", "distinct", "minimum", "maximum"}};
  for (const IngestReport::ReportedColumn& column : report.columns) {
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

std::string report_text(const IngestReport& report, const std::string& input) {
  std::string text = fmt::format("{}: {} rows read, {} rejected ({}, delimiter {}, {})\n", input,
                                 grouped(report.rows), grouped(report.rejected),
                                 bytes_text(report.bytes), table::delimiter_name(report.delimiter),
                                 report.header ? "with header" : "no header");
  for (const IngestReport::Rejection& rejection : report.rejections) {
    text += fmt::format("  line {}: {}\n", rejection.line, rejection.reason);
  }
  if (report.rejected > report.rejections.size()) {
    text += fmt::format("  and {} more\n", grouped(report.rejected - report.rejections.size()));
  }
  text += '\n';
  text += column_table(report);
  if (std::ranges::any_of(report.columns, &IngestReport::ReportedColumn::stated)) {
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

nlohmann::json report_json(const IngestReport& report) {
  nlohmann::json columns = nlohmann::json::array();
  for (const IngestReport::ReportedColumn& column : report.columns) {
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
  for (const IngestReport::Rejection& rejection : report.rejections) {
    rejections.push_back({{"line", rejection.line}, {"reason", rejection.reason}});
  }
  return {{"rows", report.rows},      {"rejected", report.rejected},
          {"rejections", rejections}, {"columns", columns},
          {"notes", report.notes},    {"delimiter", std::string(1, report.delimiter)},
          {"header", report.header},  {"bytes", report.bytes}};
}

class IngestJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "ingest"; }
  [[nodiscard]] std::string summary() const override {
    return "read delimited text into a typed table, and report on its quality";
  }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, {.name = "input", .value = "FILE", .help = "delimited text: customers.csv"})
        .add(output_, {.name = "output", .value = "FILE.h5", .help = "the table to write"})
        .add(delimiter_,
             {.name = "delimiter",
              .value = "CHAR",
              .help = "a character, or tab, comma, semicolon, pipe; auto: whichever of these fits"})
        .add(header_, {.name = "header",
                       .value = "WHEN",
                       .help = "is the first record a header: yes, no; auto: unless a number in "
                               "it stands above a number"})
        .add(missing_, {.name = "missing",
                        .value = "LIST",
                        .help = "cells that mean missing, as empty ones always do"})
        .add(types_, {.name = "types",
                      .value = "LIST",
                      .help = "types not to be inferred: COLUMN=TYPE,... with integer, real, "
                              "category or text"})
        .add(on_error_, {.name = "on_error",
                         .value = "ACTION",
                         .help = "rows that cannot be used: stop, or skip and report them"});
  }

  void check() const override {
    require("input", input_);
    require("output", output_);
    refuse_same_file(input_, output_);
    static_cast<void>(ingest_options());
  }

  nlohmann::json run(Context& context) override {
    table::IngestOptions options = ingest_options();
    if (context.options.dry_run) {
      options.output.clear();
    }
    IngestReport report;
    {
      const auto section = context.timings.section("ingest");
      report = table::ingest(context.comm, options,
                             [&](std::string_view step, std::uint64_t done, std::uint64_t total) {
                               context.console.progress(step, done, total);
                             });
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
  [[nodiscard]] table::IngestOptions ingest_options() const {
    constexpr std::array<std::pair<const char*, table::Header>, 3> kHeaders = {
        {{"auto", table::Header::kAuto}, {"yes", table::Header::kYes}, {"no", table::Header::kNo}}};
    constexpr std::array<std::pair<const char*, table::OnError>, 2> kActions = {
        {{"stop", table::OnError::kStop}, {"skip", table::OnError::kSkip}}};
    table::IngestOptions options;
    options.input = input_;
    options.output = output_;
    options.delimiter = parse_delimiter(delimiter_);
    options.header = choose("header", header_, kHeaders);
    options.missing = split_names(missing_);
    options.types = parse_types(types_);
    options.on_error = choose("on-error", on_error_, kActions);
    return options;
  }

  std::string input_;
  std::string output_;
  std::string delimiter_ = "auto";
  std::string header_ = "auto";
  std::string missing_ = fmt::format("{}", fmt::join(table::default_missing_markers(), ","));
  std::string types_;
  std::string on_error_ = "stop";
};

}  // namespace

std::unique_ptr<Job> make_ingest_job() { return std::make_unique<IngestJob>(); }

}  // namespace tessera::app
