#include <fmt/format.h>

#include <cmath>

#include "report/estimate_json.hpp"
#include "report/summary.hpp"
#include "tessera/base/text.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {

std::string silhouette_text(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4f}", value);
}

namespace {

nlohmann::json small_segments_json(const std::vector<model::SmallSegment>& segments) {
  nlohmann::json list = nlohmann::json::array();
  for (const model::SmallSegment& one : segments) {
    nlohmann::json column = nullptr;
    if (!one.column.empty()) {
      column = one.column;
    }
    list.push_back(
        {{"segment", one.segment + 1}, {"customers", one.customers}, {"set_apart_by", column}});
  }
  return list;
}

nlohmann::json decisions_json(const std::vector<pipeline::Decision>& decisions) {
  nlohmann::json list = nlohmann::json::array();
  for (const pipeline::Decision& decision : decisions) {
    list.push_back(
        {{"column", decision.column}, {"what", decision.what}, {"reason", decision.reason}});
  }
  return list;
}

}  // namespace

nlohmann::json left_out_json(const std::vector<features::LeftOut>& columns) {
  nlohmann::json list = nlohmann::json::array();
  for (const features::LeftOut& column : columns) {
    list.push_back({{"name", column.column}, {"reason", column.reason}});
  }
  return list;
}

Document training(const pipeline::TrainResult& result, const std::string& output,
                  const std::string& scores) {
  const model::Model& model = result.model;
  const pipeline::TrainFindings& findings = result.findings;
  const model::Training& t = model.training;
  const double inertia = model.segmentation->inertia();
  Lines files(6);
  files.line("model", output).line("digest", "digest", {model.digest(), model.digest()});
  if (!scores.empty()) {
    files.line("scores", "scores", {scores, scores});
  }
  Document document;
  if (!findings.decisions.empty()) {
    document.set({{"decisions", decisions_json(findings.decisions)}});
  }
  if (!model.weights().empty()) {
    document.set({{"weight_column", model.recipe.weight_column}, {"weights", model.weights()}});
  }
  return document
      .text(fmt::format("\n{} of {}: inertia {:.8g}, silhouette {} ({}), {} after {}{}\n\n",
                        counted(model.segments(), "segment"), counted(t.rows, "customer"), inertia,
                        silhouette_text(t.silhouette.value), counted(t.silhouette.rows, "row"),
                        end_text(model), counted(t.iterations, "iteration"),
                        t.restarts > 1
                            ? fmt::format(", {}the best of {} runs",
                                          is_split(model) ? "each split " : "", t.restarts)
                            : ""))
      .text(segment_table(model) + "\n")
      .add(files)
      .set({{"rows", t.rows},
            {"segments", model.segments()},
            {"segments_asked", t.segments_asked},
            {"iterations", t.iterations},
            {"updates", t.updates},
            {"converged", t.converged},
            {"method", model.segmentation->method()},
            {"restarts", t.restarts},
            {"inertia", inertia},
            {"sizes", model.sizes()},
            {"silhouette", estimate_json(t.silhouette)},
            {"columns_left_out", left_out_json(findings.left_out)},
            {"columns_as_categories", findings.two_valued},
            {"missing_ids", findings.ids.missing},
            {"doubled_ids", findings.ids.doubled_ids},
            {"small_segments", small_segments_json(findings.small_segments)}});
}

}  // namespace tessera::report
