#include "column_values.hpp"

#include <limits>

#include "number.hpp"
#include "utf8.hpp"

namespace tessera::table {

ColumnValues::ColumnValues(const PlannedColumn& plan, std::size_t column, std::size_t capacity)
    : type_(plan.column.type), column_(column) {
  switch (type_) {
    case ColumnType::kInteger:
      integers_.resize(capacity);
      break;
    case ColumnType::kReal:
      reals_.resize(capacity);
      break;
    case ColumnType::kCategory:
      codes_.resize(capacity);
      for (const std::string& level : plan.column.levels) {
        levels_.add(level);
      }
      break;
    case ColumnType::kText:
      texts_.resize(capacity);
      break;
  }
}

void ColumnValues::add_missing() {
  switch (type_) {
    case ColumnType::kInteger:
      integers_[size_] = TableWriter::kMissingInteger;
      break;
    case ColumnType::kReal:
      reals_[size_] = std::numeric_limits<double>::quiet_NaN();
      break;
    case ColumnType::kCategory:
      codes_[size_] = -1;
      break;
    case ColumnType::kText:
      texts_[size_].clear();
      break;
  }
  ++size_;
}

void ColumnValues::add(std::string_view cell) {
  switch (type_) {
    case ColumnType::kInteger:
      integers_[size_] = parse_number(cell).integer;
      break;
    case ColumnType::kReal:
      reals_[size_] = parse_number(cell).real;
      break;
    case ColumnType::kCategory:
      codes_[size_] = levels_.find(cell);
      if (codes_[size_] < 0) {  // levels are UTF-8, so the cell is not
        codes_[size_] = levels_.find(utf8_from_windows_1252(cell));
      }
      break;
    case ColumnType::kText:
      if (is_utf8(cell)) {
        texts_[size_].assign(cell);
      } else {
        texts_[size_] = utf8_from_windows_1252(cell);
      }
      break;
  }
  ++size_;
}

void ColumnValues::flush(TableWriter& writer, std::uint64_t first) {
  switch (type_) {
    case ColumnType::kInteger:
      writer.write_integers(column_, first, std::span(integers_).first(size_));
      break;
    case ColumnType::kReal:
      writer.write_numbers(column_, first, std::span(reals_).first(size_));
      break;
    case ColumnType::kCategory:
      writer.write_codes(column_, first, std::span(codes_).first(size_));
      break;
    case ColumnType::kText:
      writer.write_text(column_, first, std::span(texts_).first(size_));
      break;
  }
  size_ = 0;
}

}  // namespace tessera::table
