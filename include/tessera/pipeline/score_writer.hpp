/// \file
/// Scored customers as `score` and `train` write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/cluster/segmentation.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/pipeline/customer_ids.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/simd/aligned.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::pipeline {

/// What a cluster::Scorer says of rows, which is what is written of them.
struct Scores {
  /// Of `rows` rows, of which `columns` numbers are told beside the segment.
  Scores(std::uint64_t rows, std::size_t columns) : segments(rows), numbers(rows * columns) {}

  simd::AlignedVector<std::int32_t> segments;  ///< from 0; -1: in none
  simd::AlignedVector<float> numbers;          ///< rows x columns, row-major

  [[nodiscard]] cluster::ScoreSpan span() { return {segments, numbers}; }
};

/// A batch of contiguous rows of a table.
struct ScoredRows {
  std::uint64_t first = 0;
  std::vector<std::string> ids;
  Scores scores = {0, 0};
};

/// How scores are written.
struct ScoreOptions {
  bool csv_safe = false;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.csv_safe, Field{.name = "csv_safe",
                               .help = "in CSV: an apostrophe before ids that a spreadsheet would "
                                       "run as formulas (= + - @ ...)"});
  }
};

/// Throws kUsage about csv_safe where it means nothing: `path` is not CSV, or empty.
void check(const ScoreOptions& options, const std::string& path);

/// Rows that are best scored and written at a time: what they are prepared in stays in a core's
/// cache.
inline constexpr std::uint64_t kScoreBatch = 16'384;
static_assert(kScoreBatch % features::FeatureRows::kBlock == 0);

/// Rounds in which so many ranks go through the rows in their order, one batch each at a time.
[[nodiscard]] std::uint64_t score_rounds(std::uint64_t rows, int ranks);
/// The rows of `rank` in such a round: kScoreBatch but for the last ones and the ranks behind them.
[[nodiscard]] comm::Share score_batch(std::uint64_t rows, std::uint64_t round, int rank, int ranks);

/// A file of scored customers, in the order of their table. It appears with commit(). The same rows
/// give the same bytes at any number of ranks.
class ScoreWriter {
 public:
  /// Collective. What the name of `path` asks for (table::check_sink_name()), for all customers of
  /// `ids`, so many segments, and the columns of a cluster::Scorer. Throws kCannotCreate or kIo.
  ScoreWriter(const comm::Communicator& comm, const std::string& path, const CustomerIds& ids,
              std::size_t segments, std::span<const std::string> columns,
              const ScoreOptions& options, Observer& observer);

  /// Collective, as those of table::Sink.
  void write(const ScoredRows& batch);
  void flush() { sink_->flush(); }
  void commit() { sink_->commit(); }

 private:
  const comm::Communicator& comm_;
  std::unique_ptr<table::Sink> sink_;
  std::vector<std::int64_t> segments_;       // of a batch
  std::vector<std::vector<float>> numbers_;  // of a batch, by column
};

/// Collective. Writes all rows, of which each rank brings its share (comm::share_of) in `shard`,
/// with `columns` numbers each.
/// They are dealt out so that the ranks read ids and write in whole batches, side by side and in
/// the order of the rows, however small the shares are.
void write_shards(const comm::Communicator& comm, const CustomerIds& ids, const Scores& shard,
                  std::size_t columns, ScoreWriter& writer, Progress& progress);

}  // namespace tessera::pipeline
