// Few weighted rows that stand for a whole table, on which every rank can look for centroids.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/data_facts.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

struct Coreset {
  features::FeatureRows rows;
  std::vector<double> weights;  ///< how much mass of the table each stands for: as many rows
};

/// Collective: the same on every rank, at any number of ranks and in any order of the rows. About
/// 16 k + 4096 rows, in the order of their keys; all rows that random choices are made of
/// (FeatureRows::drawn_masses) if there are no more.
///
/// Pilots are taken as in the rounds of k-means|| (Bahmani et al., "Scalable k-means++", VLDB
/// 2012): min(k, 64) rows at random, then as often as it halves the sum of the squared distances
/// d^2 to the nearest pilot, but at least once, as many again in proportion to d^2. The sample has
/// two halves: one in proportion to d^2, one with the same share for the rows nearest to each
/// pilot, so that small groups far from all others are in it. Each row decides for itself: it is
/// taken floor(expected + u) times, u being its random number, with the weight times / expected
/// (times its mass, where rows have masses: all that is said of rows here is then of their mass),
/// and the weighted inertia of any centroids estimates that on the table (O. Bachem, M. Lucic, A.
/// Krause, "Practical coreset constructions for machine learning", 2017).
[[nodiscard]] Coreset draw_coreset(const comm::Communicator& comm,
                                   const features::FeatureRows& rows, const DataFacts& facts,
                                   std::size_t k, std::uint64_t seed, std::uint32_t restart);

}  // namespace tessera::cluster
