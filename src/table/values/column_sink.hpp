/// \file
/// Where the values of columns go: a file, or memory. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tessera::table {

/// Stands for a missing integer.
inline constexpr std::int64_t kMissingInteger = INT64_MIN;

/// Takes values column by column. Rows count from this rank's first; each is given once per column,
/// and those of a column in their order.
class ColumnSink {
 public:
  ColumnSink() = default;
  ColumnSink(const ColumnSink&) = delete;
  ColumnSink& operator=(const ColumnSink&) = delete;
  virtual ~ColumnSink() = default;

  /// kInteger; kMissingInteger where missing.
  virtual void integers(std::size_t column, std::uint64_t first,
                        std::span<const std::int64_t> values) = 0;
  /// kReal; NaN where missing.
  virtual void reals(std::size_t column, std::uint64_t first, std::span<const double> values) = 0;
  /// kCategory; -1 where missing.
  virtual void codes(std::size_t column, std::uint64_t first,
                     std::span<const std::int32_t> values) = 0;
  /// kText; empty where missing.
  virtual void texts(std::size_t column, std::uint64_t first,
                     std::span<const std::string_view> values) = 0;
};

}  // namespace tessera::table
