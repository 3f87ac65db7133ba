#include "table/pseudonyms/pseudonymous_table.hpp"

#include <utility>

namespace tessera::table {

PseudonymousTable::PseudonymousTable(std::unique_ptr<Table> table, Pseudonyms pseudonyms,
                                     const std::vector<std::string>& columns)
    : TableOver(*table),
      table_(std::move(table)),
      pseudonyms_(std::move(pseudonyms)),
      is_replaced_(columns_.size()) {
  for (const std::string& name : columns) {
    const std::size_t column = find(name);
    columns_[column].type = ColumnType::kText;
    columns_[column].levels.clear();
    is_replaced_[column] = true;
  }
}

std::vector<std::string> PseudonymousTable::read_text(std::size_t column, std::uint64_t first,
                                                      std::uint64_t count) const {
  std::vector<std::string> texts = TableOver::read_text(column, first, count);
  if (is_replaced_[column]) {
    for (std::string& text : texts) {
      text = text.empty() ? text : pseudonyms_.of(text);
    }
  }
  return texts;
}

}  // namespace tessera::table
