#include "tessera/table/synthetic/synthetic_table.hpp"

#include <utility>

namespace tessera::table {

void SyntheticRows::resize(const std::vector<Column>& columns, std::uint64_t first_row,
                           std::size_t row_count) {
  first = first_row;
  count = row_count;
  texts.resize(columns.size());
  numbers.resize(columns.size());
  codes.resize(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    texts[c].resize(columns[c].type == ColumnType::kText ? count : 0);
    numbers[c].resize(columns[c].has_numbers() ? count : 0);
    codes[c].resize(columns[c].type == ColumnType::kCategory ? count : 0);
  }
}

Column& SyntheticTable::add_column(std::string name, ColumnType type, int decimals) {
  columns_.push_back({std::move(name), type, {}});
  decimals_.push_back(decimals);
  return columns_.back();
}

}  // namespace tessera::table
