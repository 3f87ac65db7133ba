#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "tessera/base/dates.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::report {
namespace {

using table::ReadReport;

std::string value_text(const ReadReport::ReportedColumn& column,
                       const std::optional<double>& value) {
  if (!value) {
    return "";
  }
  return column.type == table::ColumnType::kDate
             ? date_text(static_cast<std::int64_t>(*value), column.has_time)
             : fmt::format("{:.10g}", *value);
}

std::string distinct_text(std::uint64_t distinct) {
  return distinct > table::kMaxLevels ? fmt::format("> {}", grouped(table::kMaxLevels))
                                      : grouped(distinct);
}

Table columns_of(const ReadReport& found) {
  Table table({{.title = "column", .left = true},
               {.title = "type", .left = true},
               {.title = "missing"},
               {.title = "distinct"},
               {.title = "minimum"},
               {.title = "maximum"}},
              "  ");
  for (const ReadReport::ReportedColumn& column : found.columns) {
    table.row({{column.name},
               {table::to_string(column.type) + (column.stated ? " *" : "")},
               {grouped(column.summary.missing)},
               {distinct_text(column.summary.distinct)},
               {value_text(column, column.summary.minimum)},
               {value_text(column, column.summary.maximum)}});
  }
  return table;
}

std::string rejections_text(const ReadReport& found) {
  std::string text;
  for (const ReadReport::Rejection& rejection : found.rejections) {
    text += visible_format("  {}line {}: {}\n", rejection.file.empty() ? "" : rejection.file + ", ",
                           rejection.line, rejection.reason);
  }
  if (found.rejected > found.rejections.size()) {
    text += fmt::format("  and {} more\n", grouped(found.rejected - found.rejections.size()));
  }
  return text;
}

nlohmann::json value_json(const ReadReport::ReportedColumn& column,
                          const std::optional<double>& value) {
  return !value                                    ? nlohmann::json()
         : column.type == table::ColumnType::kDate ? nlohmann::json(value_text(column, value))
                                                   : nlohmann::json(*value);
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
         {"minimum", value_json(column, column.summary.minimum)},
         {"maximum", value_json(column, column.summary.maximum)}});
    for (const auto& [key, text] :
         {std::pair("written", &column.written), {"unit", &column.unit}}) {
      if (!text->empty()) {
        columns.back()[key] = *text;
      }
    }
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

}  // namespace

Document reading(const ReadReport& found, const std::string& input, const std::string& output,
                 bool is_dry) {
  const std::string form =
      found.delimiter == '\0'
          ? found.format
          : fmt::format("delimiter {}, {}", table::delimiter_name(found.delimiter),
                        found.header ? "with header" : "no header");
  Document document;
  document
      .text(visible_format("{}: {} rows read, {} rejected ({}, {})\n", input, grouped(found.rows),
                           grouped(found.rejected), bytes_text(found.bytes), form))
      .text(rejections_text(found))
      .text("\n")
      .add(columns_of(found));
  if (std::ranges::any_of(found.columns, &ReadReport::ReportedColumn::stated)) {
    document.text("  * as stated\n");
  }
  for (const std::string& note : found.notes) {
    document.text(&note == &found.notes.front() ? "\n" : "");
    document.text(visible_format("note: {}\n", note));
  }
  document.set(report_json(found));
  if (is_dry) {
    return document.text(visible_format("\nnothing written: a dry run, else {}\n", output))
        .set("dry_run", true);
  }
  return document.text("\n").add(Lines().line("table", "output", {output, output}));
}

}  // namespace tessera::report
