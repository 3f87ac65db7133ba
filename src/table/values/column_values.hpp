/// \file
/// A batch of a column's values, on their way from cells to the table. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/values/column_form.hpp"
#include "table/values/column_sink.hpp"
#include "table/values/distinct.hpp"
#include "table/values/number.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

class ColumnValues {
 public:
  /// `column`: its number in the table.
  ColumnValues(const Column& wanted, ColumnForm form, std::size_t column, std::size_t capacity);

  /// The cells of some rows, as CellBatch gives them, which fit the column's type or are missing.
  void add(std::span<const std::string_view> cells, const MissingMarkers& missing);

  /// Hands the batch on as rows from `first` on, and empties it.
  void flush(ColumnSink& sink, std::uint64_t first);

 private:
  [[nodiscard]] std::int32_t code_of(std::string_view cell) const;

  ColumnType type_;
  ColumnForm form_;
  std::size_t column_;
  std::size_t size_ = 0;
  // The one that the type needs. Strings stay allocated from batch to batch.
  std::vector<std::int64_t> integers_;
  std::vector<double> reals_;
  std::vector<std::int32_t> codes_;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  DistinctSet levels_;  // numbered like the column's levels
};

}  // namespace tessera::table
