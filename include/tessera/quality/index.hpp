/// \file
/// The indices that a segmentation is judged by. What exists is listed in src/quality/indices.cpp;
/// a new one comes as a file in src/quality/indices/ and a line in that list.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tessera/base/progress.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/quality/estimate.hpp"
#include "tessera/quality/labelled.hpp"
#include "tessera/quality/silhouette.hpp"

namespace tessera::quality {

struct SegmentSpread;

/// What indices are computed of. Costly parts that several of them need are made once.
class IndexTask {
 public:
  /// Collective. Keeps references. `centroids`: segments x dimensions, row-major; empty if the
  /// segmentation has none.
  IndexTask(const comm::Communicator& comm, const Labelled& data, std::span<const float> centroids,
            const SilhouetteOptions& sampling, Progress& progress);
  ~IndexTask();
  IndexTask(const IndexTask&) = delete;
  IndexTask& operator=(const IndexTask&) = delete;

  [[nodiscard]] const comm::Communicator& comm() const { return comm_; }
  [[nodiscard]] const Labelled& data() const { return data_; }
  /// Rows of each segment, and of all, over all ranks, of those that count.
  [[nodiscard]] std::span<const std::uint64_t> sizes() const { return sizes_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  /// What the rows of each segment weigh; as many as they are where they have no weights.
  [[nodiscard]] std::span<const double> weights() const { return weights_; }
  /// How many rows they stand for (features::rows_stood_for).
  [[nodiscard]] double rows_stood_for() const { return stood_for_; }
  [[nodiscard]] std::span<const float> centroids() const { return centroids_; }
  [[nodiscard]] const SilhouetteOptions& sampling() const { return sampling_; }
  [[nodiscard]] Progress& progress() const { return progress_; }

  /// Collective. The means of the segments' rows and how far the rows are from them.
  [[nodiscard]] const SegmentSpread& spread();

 private:
  const comm::Communicator& comm_;
  const Labelled& data_;
  std::span<const float> centroids_;
  const SilhouetteOptions& sampling_;
  Progress& progress_;
  std::vector<std::uint64_t> sizes_;
  std::uint64_t rows_;
  std::vector<double> weights_;
  double stood_for_;
  std::unique_ptr<const SegmentSpread> spread_;
};

enum class Better { kHigher, kLower };

struct Index {
  std::string_view name;    ///< as JSON has it: "davies_bouldin"
  std::string_view title;   ///< as people read it: "Davies-Bouldin"
  std::string_view source;  ///< where it is defined
  Better better;
  /// Needs centroids, or segments to compare (see is_comparable()); not defined without.
  bool needs_centroids = false;
  bool needs_segments = true;
  /// May be an estimate and tells of single segments: JSON says more of it than a number.
  bool detailed = false;
  int digits = 6;  ///< that people see of it
  /// Collective. The same bits at any number of ranks and in any order of rows with keys of their
  /// own. Is called only where what it needs is there.
  IndexValue (*compute)(IndexTask& task);
};

/// All of them, in the order in which people see them.
[[nodiscard]] std::span<const Index> all_indices();
/// One of them. Throws kInternal if there is none of this name.
[[nodiscard]] const Index& find_index(std::string_view name);

/// Collective. The value of an index; none where it is not defined.
[[nodiscard]] std::optional<IndexValue> measure(const Index& index, IndexTask& task);

}  // namespace tessera::quality
