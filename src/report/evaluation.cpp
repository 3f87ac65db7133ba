#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "report/estimate_json.hpp"
#include "report/summary.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {
namespace {

constexpr const char* kNotDefined = "not defined";

nlohmann::json or_null(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

nlohmann::json to_json(const pipeline::MeasuredIndex& measured) {
  const std::optional<quality::IndexValue>& value = measured.value;
  if (!measured.index->detailed) {
    return or_null(value ? std::optional(value->value) : std::nullopt);
  }
  if (!value) {
    return {{"value", nullptr}, {"standard_error", nullptr}, {"variant", nullptr}, {"rows", 0}};
  }
  nlohmann::json json = estimate_json(*value);
  json["segments"] = nlohmann::json::array();
  for (const std::optional<double>& of_segment : value->segments) {
    json["segments"].push_back(or_null(of_segment));
  }
  return json;
}

std::string text_of(const pipeline::MeasuredIndex& measured) {
  if (!measured.value) {
    return kNotDefined;
  }
  const quality::IndexValue& value = *measured.value;
  if (!measured.index->detailed) {
    return fmt::format("{:.{}g}  ({} is better)", value.value, measured.index->digits,
                       measured.index->better == quality::Better::kHigher ? "higher" : "lower");
  }
  if (value.variant == quality::Variant::kExact) {
    return fmt::format("{:.4f}  (exact)", value.value);
  }
  return fmt::format("{:.4f} ± {:.4f}  (standard error; {} sampled rows against all)", value.value,
                     value.standard_error, grouped(value.rows));
}

nlohmann::json to_json(const std::vector<pipeline::LabelAgreement>& labels) {
  using Number = std::optional<double>;
  nlohmann::json agreement = nlohmann::json::object();
  for (const pipeline::LabelAgreement& label : labels) {
    const auto& found = label.agreement;
    agreement[label.name] = {{"ari", or_null(found ? Number(found->ari) : std::nullopt)},
                             {"nmi", or_null(found ? Number(found->nmi) : std::nullopt)},
                             {"groups", label.groups},
                             {"missing", label.missing}};
  }
  return agreement;
}

std::string text_of(const pipeline::LabelAgreement& label) {
  std::string text =
      visible_format("agreement with {}: {}", label.name, label.agreement ? "" : kNotDefined);
  if (label.agreement) {
    text +=
        fmt::format("adjusted Rand index {:.4f}, normalised mutual information {:.4f}, {} groups",
                    label.agreement->ari, label.agreement->nmi, label.groups);
  }
  if (label.missing > 0) {
    text += fmt::format(" ({} rows without a value left out)", grouped(label.missing));
  }
  return text + "\n";
}

pipeline::EvaluateResult without_small_groups(pipeline::EvaluateResult result,
                                              std::uint64_t min_group) {
  const std::uint64_t least = model::min_group_of(min_group, result.rows);
  for (pipeline::MeasuredIndex& measured : result.indices) {
    for (std::size_t s = 0; measured.value && s < measured.value->segments.size(); ++s) {
      if (result.sizes[s] < least) {
        measured.value->segments[s] = std::nullopt;
      }
    }
  }
  return result;
}

Table segments_of(const pipeline::EvaluateResult& result) {
  const std::optional<quality::IndexValue>& silhouette = result.index("silhouette").value;
  const bool weighted = !result.weights.empty();
  const std::vector<double> weights =
      weighted ? result.weights : std::vector<double>(result.sizes.begin(), result.sizes.end());
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<Table::Column> columns = {{.title = "segment"},
                                        {.title = "customers", .key = "sizes", .width = 13}};
  if (weighted) {
    columns.push_back({.title = "weight", .key = "weights", .width = 11});
  }
  columns.push_back({.title = "share", .width = 7});
  columns.push_back({.title = "silhouette"});
  Table table(std::move(columns));
  for (std::size_t s = 0; s < result.sizes.size(); ++s) {
    const std::uint64_t size = result.sizes[s];
    const bool known = silhouette && silhouette->segments[s];
    std::vector<Value> row = {{fmt::format("{}", s + 1)}, {grouped(size), size}};
    if (weighted) {
      row.push_back({number_text(weights[s]), weights[s]});
    }
    row.push_back({share_text(weights[s], all)});
    row.push_back({known ? fmt::format("{:.4f}", *silhouette->segments[s]) : "-"});
    table.row(std::move(row));
  }
  return table;
}

}  // namespace

Document evaluation(const std::string& table, const model::Model& model,
                    const pipeline::EvaluateResult& found, std::uint64_t min_group) {
  const pipeline::EvaluateResult result = without_small_groups(found, min_group);
  std::size_t width = 0;
  for (const pipeline::MeasuredIndex& measured : result.indices) {
    width = std::max(width, width_of(measured.index->title));
  }
  Lines indices(width);
  for (const pipeline::MeasuredIndex& measured : result.indices) {
    indices.line(std::string(measured.index->title), std::string(measured.index->name),
                 {text_of(measured), to_json(measured)});
  }
  Document document;
  document
      .text(visible_format("\n{}: {} in {}, {} imputed\n\n", table, counted(result.rows, "row"),
                           counted(result.sizes.size(), "segment"),
                           counted(result.counts.imputed, "missing cell")))
      .add(segments_of(result))
      .text("\n")
      .add(indices);
  for (const pipeline::LabelAgreement& label : result.labels) {
    document.text(text_of(label));
  }
  if (!result.weight_column.empty()) {
    document.set({{"weight_column", result.weight_column}});
  }
  return document.add(Lines(width).line("digest", "digest", {model.digest(), model.digest()}))
      .set({{"rows", result.rows},
            {"segments", result.sizes.size()},
            {"imputed", result.counts.imputed},
            {"unseen", result.counts.unseen},
            {"agreement", to_json(result.labels)}});
}

}  // namespace tessera::report
