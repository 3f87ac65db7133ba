/// \file
/// Initial centroids.
#pragma once

#include <cstdint>

#include "cluster/data_facts.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

enum class Init {
  kParallel,  ///< "k-means||": Bahmani et al., "Scalable k-means++", VLDB 2012
  kPlusPlus,  ///< "k-means++": Arthur and Vassilvitskii, SODA 2007, greedy as in scikit-learn
  kRandom,    ///< "random": k distinct rows
  kRows,      ///< "rows": the rows floor(i * n / k), i = 0 ... k - 1
};

/// Collective. k centroids, k at most the number of rows. Every random choice is a function of
/// (seed, restart, step, row's key), so that the result does not depend on the ranks, nor, but for
/// kRows, on the order of the rows where these have keys of their own. With fewer distinct rows
/// than k, some centroids are equal.
///
/// k-means|| takes min(k, 64) rows at random, then in one round or more as many again with
/// probability in proportion to d^2, d being a row's distance to the nearest taken so far; the
/// rounds go on, up to eight, while each halves the sum of d^2. About 16 k + 4096 rows, drawn by
/// d^2 and nearest taken row and weighted by the inverse of their probability, then stand for the
/// table (see coreset.hpp), and every rank alike looks for the centroids among them: by weighted
/// greedy k-means++ and a few of Lloyd's iterations, the best of up to eight starts. Centroids are
/// therefore means, not rows. Tables of no more rows are looked at whole.
///
/// Greedy: each step draws 2 + ln k candidates, in k-means|| fewer from k = 1000 on, and keeps the
/// one that leaves the least sum.
[[nodiscard]] Centroids seed_centroids(const comm::Communicator& comm,
                                       const features::FeatureRows& rows, const DataFacts& facts,
                                       Init init, std::size_t k, std::uint64_t seed,
                                       std::uint32_t restart);

}  // namespace tessera::cluster
