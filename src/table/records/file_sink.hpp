/// \file
/// The values of a Reading to their rows in a file. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "table/records/reading.hpp"
#include "table/values/column_sink.hpp"
#include "tessera/table/h5/table_writer.hpp"

namespace tessera::table {

class FileSink final : public ColumnSink {
 public:
  /// Collective. Keeps references to both; `writer` has the columns of `reading`, which was
  /// examined.
  FileSink(TableWriter& writer, const Reading& reading);

  void integers(std::size_t column, std::uint64_t first,
                std::span<const std::int64_t> values) override;
  void reals(std::size_t column, std::uint64_t first, std::span<const double> values) override;
  void codes(std::size_t column, std::uint64_t first,
             std::span<const std::int32_t> values) override;
  /// Throws kIo if texts at their own lengths are not as long as in the first reading.
  void texts(std::size_t column, std::uint64_t first,
             std::span<const std::string_view> values) override;

 private:
  /// How far a column of texts at their own lengths is.
  struct Texts {
    std::vector<TextPlace> runs;
    std::size_t run = 0;
    std::uint64_t rows = 0;   // of this run
    std::uint64_t bytes = 0;  // likewise
  };
  /// Where the next texts begin.
  std::uint64_t pass(Texts& texts, std::span<const std::string_view> next) const;

  template <typename Value, typename Write>
  void put(std::uint64_t first, std::span<const Value> values, const Write& write) const {
    places_.for_each_run(first, values.size(),
                         [&](std::uint64_t row, std::uint64_t from, std::uint64_t count) {
                           write(row, values.subspan(from - first, count));
                         });
  }

  TableWriter& writer_;
  const Reading& reading_;
  const RowPlaces& places_;
  std::map<std::size_t, Texts> own_lengths_;  // by column
};

}  // namespace tessera::table
