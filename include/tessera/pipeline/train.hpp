/// \file
/// Training: a table in, a model out.
#pragma once

#include <cstdint>
#include <string>

#include "tessera/cluster/kmeans/kmeans.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

struct TrainOptions {
  features::FitOptions fit;
  cluster::KMeansOptions kmeans;
  std::string init_file;  ///< with Init::kFile: a model, or a table of raw centroids
};

/// Throws kUsage about the field whose value cannot be, whatever the table. Not collective.
void check(const TrainOptions& options);

/// What a training would be of, and what it needs.
struct TrainPlan {
  features::Selection selection;
  std::uint64_t bytes_per_rank = 0;  ///< of memory, about: the formula of the README
};

/// Collective. Throws as train() does, as far as names, types and numbers of rows tell.
[[nodiscard]] TrainPlan plan_training(const comm::Communicator& comm, const table::Table& table,
                                      const TrainOptions& options);

struct TrainResult {
  model::Model model;          ///< without provenance
  features::FeatureRows rows;  ///< this rank's share of the table, prepared
};

/// Collective. The model is the same, bit for bit, at any number of ranks. Throws kUsage where
/// check() does, and kBadData where the table does not have what is asked for.
[[nodiscard]] TrainResult train(const comm::Communicator& comm, const table::Table& table,
                                const TrainOptions& options, Observer& observer);

}  // namespace tessera::pipeline
