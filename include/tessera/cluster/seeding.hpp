/// \file
/// Initial centroids.
#pragma once

#include <cstdint>
#include <string>

#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/data_facts.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

enum class Init {
  kParallel,  ///< "k-means||": Bahmani et al., "Scalable k-means++", VLDB 2012
  kPlusPlus,  ///< "k-means++": Arthur and Vassilvitskii, SODA 2007, greedy as in scikit-learn
  kRandom,    ///< "random": k distinct rows
  kRows,      ///< "rows": the rows floor(i * n / k), i = 0 ... k - 1
  kFile,      ///< "file": given by the caller
};

/// Throws kUsage if `name` is none of the names above.
[[nodiscard]] Init parse_init(const std::string& name);

/// Collective. k centroids (k at most the number of rows) by a strategy other than kFile. Every
/// random choice is a function of (seed, restart, row or step), so that the result does not depend
/// on the ranks. With fewer distinct rows than k, some centroids are equal.
///
/// k-means|| takes one row at random, then in each of five rounds every row with probability
/// min(1, 2 k d^2 / sum d^2), d being its distance to the rows taken so far; weighs the rows taken
/// (about 10 k) by how many rows are nearest to each; and picks k of them by weighted greedy
/// k-means++ on every rank alike. Greedy: each step draws 2 + ln k candidates and keeps the one
/// that leaves the least sum.
[[nodiscard]] Centroids seed_centroids(const comm::Communicator& comm,
                                       const features::FeatureRows& rows, const DataFacts& facts,
                                       Init init, std::size_t k, std::uint64_t seed,
                                       std::uint32_t restart);

}  // namespace tessera::cluster
