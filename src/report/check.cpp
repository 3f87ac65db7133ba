#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tessera/base/dates.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {
namespace {

using pipeline::CheckResult;
using pipeline::ColumnFacts;
using pipeline::Finding;

std::string number_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.5g}", *value) : "";
}

std::string value_text(const ColumnFacts& facts, const std::optional<double>& value) {
  return value && facts.type == table::ColumnType::kDate
             ? date_text(static_cast<std::int64_t>(*value))
             : number_text(value);
}

nlohmann::json value_json(const ColumnFacts& facts, const std::optional<double>& value) {
  return !value                                   ? nlohmann::json()
         : facts.type == table::ColumnType::kDate ? nlohmann::json(value_text(facts, value))
                                                  : nlohmann::json(*value);
}

template <typename T>
nlohmann::json json_of(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

std::string missing_text(const ColumnFacts& facts, std::uint64_t rows) {
  return facts.missing == 0 ? "0"
                            : fmt::format("{} ({})", grouped(facts.missing),
                                          share_text(static_cast<double>(facts.missing),
                                                     static_cast<double>(rows)));
}

Table columns_of(const CheckResult& result) {
  Table table({{.title = "column", .left = true},
               {.title = "type", .left = true},
               {.title = "missing"},
               {.title = "distinct"},
               {.title = "minimum"},
               {.title = "median"},
               {.title = "maximum"},
               {.title = "mean"},
               {.title = "deviation"},
               {.title = "skewness"},
               {.title = "outliers"}},
              "  ");
  for (const ColumnFacts& facts : result.columns) {
    table.row({{facts.name},
               {table::to_string(facts.type)},
               {missing_text(facts, result.rows)},
               {(facts.distinct_is_exact ? "" : "~ ") + grouped(facts.distinct)},
               {value_text(facts, facts.minimum)},
               {value_text(facts, facts.median)},
               {value_text(facts, facts.maximum)},
               {number_text(facts.mean)},
               {number_text(facts.deviation)},
               {facts.skewness ? fmt::format("{:.2f}", *facts.skewness) : ""},
               {facts.outliers ? grouped(*facts.outliers) : ""}});
  }
  return table;
}

std::string heading_of(Finding::Weight weight) {
  switch (weight) {
    case Finding::Weight::kMust:
      return "to be mended before training";
    case Finding::Weight::kShould:
      return "worth mending";
    default:
      return "to be known";
  }
}

std::string findings_text(const CheckResult& result) {
  if (result.findings.empty()) {
    return "\nnothing was found that stands in the way of training\n";
  }
  std::string text;
  const Finding* before = nullptr;
  for (const Finding& finding : result.findings) {
    if (before == nullptr || before->weight != finding.weight) {
      text += fmt::format("\n{}:\n", heading_of(finding.weight));
    }
    text += finding.columns.size() == 1
                ? visible_format("  {}: {}\n", finding.columns.front(), finding.text)
                : visible_format("  {}\n", finding.text);
    if (!finding.mend.empty()) {
      text += visible_format("    -> {}\n", finding.mend);
    }
    before = &finding;
  }
  return text;
}

std::string notes_text(const CheckResult& result) {
  std::string text;
  if (result.min_group > 1) {
    text += fmt::format(
        "\nminimum and maximum leave out the outermost {} values of each column: few customers "
        "have them (--min-group)\n",
        grouped(result.min_group - 1));
  }
  if (result.columns_not_correlated > 0) {
    text += fmt::format(
        "\ncorrelations are those of the first {} numeric columns; {} more were not "
        "looked at\n",
        result.correlated_columns, grouped(result.columns_not_correlated));
  }
  return text;
}

nlohmann::json column_json(const ColumnFacts& facts) {
  return {{"name", facts.name},
          {"type", table::to_string(facts.type)},
          {"missing", facts.missing},
          {"distinct", facts.distinct},
          {"distinct_is_exact", facts.distinct_is_exact},
          {"most_frequent_rows", json_of(facts.most_frequent)},
          {"infinite", facts.infinite},
          {"minimum", value_json(facts, facts.minimum)},
          {"median", value_json(facts, facts.median)},
          {"maximum", value_json(facts, facts.maximum)},
          {"mean", json_of(facts.mean)},
          {"deviation", json_of(facts.deviation)},
          {"skewness", json_of(facts.skewness)},
          {"outliers", json_of(facts.outliers)},
          {"rare_levels", json_of(facts.rare_levels)},
          {"rare_rows", facts.rare_rows}};
}

nlohmann::json checked_json(const CheckResult& result) {
  nlohmann::json columns = nlohmann::json::array();
  for (const ColumnFacts& facts : result.columns) {
    columns.push_back(column_json(facts));
  }
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : result.findings) {
    findings.push_back({{"kind", finding.kind},
                        {"weight", pipeline::to_string(finding.weight)},
                        {"columns", finding.columns},
                        {"text", finding.text},
                        {"mend", finding.mend}});
  }
  nlohmann::json correlations = nlohmann::json::array();
  for (const pipeline::Correlation& one : result.correlations) {
    correlations.push_back(
        {{"first", one.first}, {"second", one.second}, {"correlation", one.value}});
  }
  nlohmann::json ids;
  if (result.ids) {
    ids = {{"missing", result.ids->missing},
           {"doubled", result.ids->doubled_ids},
           {"doubled_rows", result.ids->doubled_rows}};
  }
  return {{"rows", result.rows},
          {"min_group", result.min_group},
          {"columns", columns},
          {"findings", findings},
          {"ids", ids},
          {"doubled_rows", result.doubled_rows},
          {"missing_together", result.missing_together},
          {"correlations", correlations},
          {"correlated_columns", result.correlated_columns},
          {"columns_not_correlated", result.columns_not_correlated}};
}

}  // namespace

Document check(const std::string& table, const CheckResult& result, const std::string& suggested) {
  Document document;
  document
      .text(visible_format("{}: {} of {}\n\n", table, counted(result.rows, "row"),
                           counted(result.columns.size(), "column")))
      .add(columns_of(result))
      .text(notes_text(result))
      .text(findings_text(result));
  if (!suggested.empty()) {
    document.text(
        visible_format("\na recipe to begin with: tessera train --config {}\n", suggested));
  }
  return document.set(checked_json(result))
      .set("suggested", suggested.empty() ? nlohmann::json() : nlohmann::json(suggested));
}

}  // namespace tessera::report
