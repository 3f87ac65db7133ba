// A table split in two, and one of the parts again, and again.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kmeans/lloyd.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/training.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// Rows that were together at some time. Of the nodes of a tree the first holds all rows; the i-th
/// split, from 0, makes nodes 2 i + 1 and 2 i + 2, the heavier one first.
struct SplitNode {
  std::uint64_t parent = 0;
  std::uint64_t first_child = 0;  ///< the other follows it; 0: a leaf
  std::uint64_t size = 0;         ///< rows, of those that count
  double weight = 0;              ///< what these weigh
  double gain = 0;  ///< by how much its split lowers the inertia about the means; 0 of a leaf
  bool operator==(const SplitNode&) const = default;
};

struct SplitTree {
  std::vector<SplitNode> nodes;
  std::vector<std::uint64_t> leaves;  ///< nodes, in their order
  Centroids means;                    ///< of the rows of each of them
  std::uint64_t iterations = 0;       ///< passes over rows, of splits that advance together one
  bool converged = true;              ///< every split of the tree did
};

struct SplitOptions {
  std::uint64_t segments = 2;
  std::uint32_t restarts = 1;  ///< of each split; the one of most gain is kept, the first in a tie
  LloydOptions lloyd;
  std::uint64_t seed = 0;
};

/// Collective. Bisecting k-means (M. Steinbach, G. Karypis, V. Kumar, "A comparison of document
/// clustering techniques", 2000): splits the leaf whose split gains most inertia, until there are
/// as many leaves as segments, or none can be split. A split is k-means with two segments on the
/// leaf's rows, from a greedy k-means++ start; its random choices are a function of the seed and
/// the leaf's place in the tree.
///
/// What a split gains does not depend on other leaves. So the splits of all leaves that may be
/// needed are looked for side by side, with one all-reduce for an iteration of all, and some that
/// are not needed in the end: the tree is that of one split at a time. Rows of leaves are copied to
/// be together, so that a split costs in proportion to its own rows: beside `rows`, about as much
/// memory again.
[[nodiscard]] SplitTree grow_tree(const comm::Communicator& comm, features::FeatureRows& rows,
                                  const DataFacts& facts, const SplitOptions& options,
                                  TrainingObserver& observer);

}  // namespace tessera::cluster
