/// \file
/// Scored customers as `score` and `train` write them: as CSV, or as a table in HDF5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tessera/app/job.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {

/// What identifies the customers of a table.
class CustomerIds {
 public:
  /// By a column, or, if its name is empty, by row numbers from 1. Throws kBadData if the table has
  /// no such column.
  CustomerIds(const table::Table& table, const std::string& column);

  /// The column's name, or "row".
  [[nodiscard]] std::string name() const;
  /// The identifiers of rows [first, first + count).
  [[nodiscard]] std::vector<std::string> read(std::uint64_t first, std::uint64_t count) const;
  /// Collective. Bytes of the longest; at least 1.
  [[nodiscard]] std::size_t width(const comm::Communicator& comm) const;
  /// How many there are.
  [[nodiscard]] std::uint64_t rows() const { return table_.rows(); }

 private:
  const table::Table& table_;
  std::optional<std::size_t> column_;
};

/// What is written of a row, as precisely.
struct Score {
  Score() = default;
  explicit Score(const cluster::Nearest& row);

  std::int32_t segment = 0;  ///< from 0
  float distance = 0;
  float margin = 0;
  float confidence = 0;  ///< margin by the distance to the next nearest centroid
};

/// A batch of contiguous rows of a table.
struct ScoredRows {
  std::uint64_t first = 0;
  std::vector<std::string> ids;
  std::vector<Score> scores;
};

/// Rows that are best scored and written at a time: what they are prepared in stays in a core's
/// cache.
inline constexpr std::uint64_t kScoreBatch = 16'384;
static_assert(kScoreBatch % features::FeatureRows::kBlock == 0);

/// Rounds in which so many ranks go through the rows in their order, one batch each at a time.
[[nodiscard]] std::uint64_t score_rounds(std::uint64_t rows, int ranks);
/// The rows of `rank` in such a round: kScoreBatch but for the last ones and the ranks behind them.
[[nodiscard]] comm::Share score_batch(std::uint64_t rows, std::uint64_t round, int rank, int ranks);

/// A file of scored customers, in the order of their table. It appears with commit().
class ScoreWriter {
 public:
  ScoreWriter() = default;
  ScoreWriter(const ScoreWriter&) = delete;
  ScoreWriter& operator=(const ScoreWriter&) = delete;
  virtual ~ScoreWriter() = default;

  /// Collective. A batch of each rank, possibly empty: the batches in rank order, behind those of
  /// earlier calls.
  virtual void write(const ScoredRows& batch) = 0;

  /// Collective, as those of io::OutputFile.
  virtual void flush() = 0;
  virtual void commit() = 0;
};

/// Throws kUsage if `path`, the value of option `name`, does not end in .csv, .h5 or .hdf5.
void check_scores_name(const std::string& name, const std::string& path);

/// Collective. What the name of `path` asks for, for all customers of `ids` and so many segments.
/// The same rows give the same bytes at any number of ranks. Throws kCannotCreate or kIo.
[[nodiscard]] std::unique_ptr<ScoreWriter> create_score_writer(Context& context,
                                                               const std::string& path,
                                                               const CustomerIds& ids,
                                                               std::size_t segments);

/// Collective. Writes all rows, of which each rank brings its share (comm::share_of) in `shard`.
/// They are dealt out so that the ranks read ids and write in whole batches, side by side and in
/// the order of the rows, however small the shares are.
void write_shards(Context& context, const CustomerIds& ids, std::span<const Score> shard,
                  ScoreWriter& writer);

}  // namespace tessera::app
