/// \file
/// Measuring a model on a table: indices, and agreement with known groups.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/quality/agreement.hpp"
#include "tessera/quality/index.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

struct EvaluateOptions {
  std::vector<std::string> label;  ///< columns of known groups to compare the segments with
  /// Of what each row weighs. Empty: the model's, if it has one and the table has it too.
  std::string weight;
  quality::SilhouetteOptions silhouette;

  static constexpr Field kLabel{.name = "label",
                                .value = "A,B,...",
                                .help = "columns of known groups to compare the segments with"};
  static constexpr Field kWeight{
      .name = "weight",
      .value = "COLUMN",
      .help =
          "what each row weighs: 2 counts as two rows, 0 as none; by default the column that "
          "the model was trained with, if there is one"};
  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.label, kLabel);
    visit(self.weight, kWeight);
    quality::SilhouetteOptions::fields(self.silhouette, visit);
  }
};

/// How a column of known groups compares with the segments.
struct LabelAgreement {
  std::string name;
  std::size_t groups = 0;
  std::uint64_t missing = 0;  ///< rows without a label, left out
  std::optional<quality::Agreement> agreement;
};

struct MeasuredIndex {
  const quality::Index* index;
  std::optional<quality::IndexValue> value;  ///< none where it is not defined
};

/// All that an evaluation finds.
struct EvaluateResult {
  std::uint64_t rows = 0;
  std::vector<std::uint64_t> sizes;  ///< rows of each segment, of those that weigh something
  std::string weight_column;         ///< empty where each row weighs 1
  std::vector<double> weights;       ///< what the rows of each segment weigh
  features::PreparedCounts counts;
  std::vector<MeasuredIndex> indices;  ///< of quality::all_indices(), in their order
  std::vector<LabelAgreement> labels;

  /// Throws kInternal if there is no index of this name.
  [[nodiscard]] const MeasuredIndex& index(std::string_view name) const;
};

/// A table that a model is to be evaluated on: that it has the columns is known.
class Evaluation {
 public:
  /// Collective. Keeps references to table and model. Rows count as often as they weigh, in all
  /// that is measured. Throws kBadData if the table has no rows, lacks a column that is needed or
  /// has it with a type that does not fit; kUnfit if that is more memory than a node has.
  Evaluation(const comm::Communicator& comm, const table::Table& table, const model::Model& model,
             EvaluateOptions options);

  /// Collective: of memory that a rank needs, about.
  [[nodiscard]] std::uint64_t bytes_per_rank() const;

  /// Collective. The same bits at any number of ranks. Throws kBadData where the rows cannot be
  /// prepared, or a weight is none, or a column of groups has more than
  /// quality::Contingency::kMaxLabels values.
  [[nodiscard]] EvaluateResult run(Observer& observer) const;

 private:
  void set_masses(features::FeatureRows& rows) const;
  void set_keys(features::FeatureRows& rows, Observer& observer) const;
  [[nodiscard]] LabelAgreement compare(std::size_t column, const quality::Labelled& data) const;

  const comm::Communicator& comm_;
  const table::Table& table_;
  const model::Model& model_;
  EvaluateOptions options_;
  std::unique_ptr<features::Preparer> preparer_;
  std::vector<std::size_t> label_columns_;
  std::string weight_;
};

}  // namespace tessera::pipeline
