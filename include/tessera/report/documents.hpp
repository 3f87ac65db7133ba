/// \file
/// The documents of the jobs. Their JSON keys are a contract: doc/json/tessera.schema.json.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tessera/model/model.hpp"
#include "tessera/pipeline/check.hpp"
#include "tessera/pipeline/evaluate.hpp"
#include "tessera/pipeline/rfm.hpp"
#include "tessera/pipeline/score.hpp"
#include "tessera/pipeline/train.hpp"
#include "tessera/report/document.hpp"
#include "tessera/table/read_report.hpp"
#include "tessera/table/table.hpp"

namespace tessera::report {

/// A training whose model stands in the file `output`, and the scores of its customers in `scores`,
/// if that is not empty.
[[nodiscard]] Document training(const pipeline::TrainResult& result, const std::string& output,
                                const std::string& scores);

/// Columns that are no features, as [{"name": ..., "reason": ...}].
[[nodiscard]] nlohmann::json left_out_json(const std::vector<features::LeftOut>& columns);

/// What `model` is worth on the table called `table`. Silhouettes of segments of fewer than
/// `min_group` customers are not told.
[[nodiscard]] Document evaluation(const std::string& table, const model::Model& model,
                                  const pipeline::EvaluateResult& result, std::uint64_t min_group);

/// Customers scored by `model` into the file `output`.
[[nodiscard]] Document scoring(const model::Model& model, const pipeline::Scoring::Result& result,
                               const std::string& output);

/// Customers made of transactions, which are in the file `output`.
[[nodiscard]] Document customers(const pipeline::RfmResult& result, const std::string& output);

/// What was found of the table called `table`; `suggested`: the file of the recipe, or empty.
[[nodiscard]] Document check(const std::string& table, const pipeline::CheckResult& result,
                             const std::string& suggested);

/// What is in the model of the file `path`, but for what it says of fewer than `min_group`
/// customers.
[[nodiscard]] Document describe(const model::Model& model, const std::string& path,
                                std::uint64_t min_group);

/// What the model of the file `path` reveals of groups of fewer than `min_group` customers, and of
/// where it was made.
[[nodiscard]] Document privacy(const model::Model& model, const std::string& path,
                               std::uint64_t min_group);

/// What is in a table.
[[nodiscard]] Document describe(const table::Table& table);

/// Adds that all of a file was read: `compared` bytes with their checksums, or what has none.
[[nodiscard]] Document add_verified(Document document, std::optional<std::uint64_t> compared);

/// What was found in the text `input`, which is now the table `output`, or would be after a dry
/// run.
[[nodiscard]] Document reading(const table::ReadReport& found, const std::string& input,
                               const std::string& output, bool is_dry);

/// A silhouette for people: "-" where there is none.
[[nodiscard]] std::string silhouette_text(double value);

}  // namespace tessera::report
