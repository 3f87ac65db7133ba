/// \file
/// Where a table's rows go to, in their order. The name of an output chooses its kind.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/planned_column.hpp"

namespace tessera::table {

/// The values of one column, one per row, kept by the caller.
using SinkValues =
    std::variant<std::span<const std::string>,   ///< kText; empty where missing
                 std::span<const std::int32_t>,  ///< kCategory: codes; -1 where missing
                 std::span<const std::int64_t>,  ///< kInteger, kDate; INT64_MIN where missing
                 std::span<const double>,        ///< kInteger, kReal, kDate; NaN where
                                                 ///< missing
                 std::span<const float>>;        ///< kReal; NaN where missing

/// Contiguous rows of a table, with all its columns.
struct SinkBatch {
  std::uint64_t first = 0;
  std::uint64_t rows = 0;
  std::vector<SinkValues> columns{};
};

/// An output that appears with commit(). The same rows give the same bytes at any number of ranks.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// Collective. A batch of each rank, possibly of no rows: the batches in rank order, behind those
  /// of earlier calls. Throws kIo.
  virtual void write(const SinkBatch& batch) = 0;

  /// Collective, as those of io::OutputFile.
  virtual void flush() = 0;
  virtual void commit() = 0;
};

/// What a table is that is to be written.
struct SinkPlan {
  std::uint64_t rows = 0;
  std::vector<PlannedColumn> columns;
  std::map<std::string, std::string> notes{};  ///< where it came from, for kinds that can say so
  /// CSV: texts and names that a spreadsheet would run as a formula get an apostrophe in front.
  bool csv_safe = false;
};

/// Throws kUsage about `field` if its value `path` ends as no kind of output does.
void check_sink_name(std::string_view field, const std::string& path);

/// True if the kind that `path` names is laid out before its rows are written: it needs all of a
/// PlannedColumn. `path` has passed check_sink_name().
[[nodiscard]] bool is_laid_out(const std::string& path);

/// Collective. Throws kCannotCreate or kIo on all ranks.
[[nodiscard]] std::unique_ptr<Sink> create_sink(const comm::Communicator& comm,
                                                const std::string& path, SinkPlan plan);

}  // namespace tessera::table
