/// \file
/// Finding every customer's segment: a table and a model in, scores out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/pipeline/score_writer.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// A table that is to be scored by a model: that it has the model's columns is known.
class Scoring {
 public:
  /// Collective. `id`: the column that identifies customers; if empty, as in training, or row
  /// numbers. Keeps references to both. Throws kBadData if the table lacks a column that is needed
  /// or has it with a type that does not fit.
  Scoring(const comm::Communicator& comm, const table::Table& table, const model::Model& model,
          const std::string& id);

  /// Collective: of memory that a rank needs, about.
  [[nodiscard]] std::uint64_t bytes_per_rank() const;

  struct Result {
    std::vector<std::uint64_t> sizes;  ///< rows of each segment
    features::PreparedCounts counts;
  };

  /// Collective. Scores all rows, batch by batch, into the file `output`, which appears whole at
  /// the end. The result and the file are the same at any number of ranks.
  Result write(const std::string& output, const ScoreOptions& options, Observer& observer) const;

 private:
  const comm::Communicator& comm_;
  const table::Table& table_;
  const model::Model& model_;
  std::unique_ptr<features::Preparer> preparer_;
  std::unique_ptr<CustomerIds> ids_;
};

/// Collective. Scores the prepared rows that `model` was trained on, each rank its share (`rows`),
/// into the file `output`: what Scoring writes of them, byte for byte, without preparing them
/// again. The caller commits.
[[nodiscard]] std::unique_ptr<ScoreWriter> write_trained_scores(
    const comm::Communicator& comm, const table::Table& table, const model::Model& model,
    const features::FeatureRows& rows, const std::string& output, const ScoreOptions& options,
    Observer& observer);

/// Warns of cells whose category training never saw.
void warn_of_unseen(const features::PreparedCounts& counts, Observer& observer);

}  // namespace tessera::pipeline
