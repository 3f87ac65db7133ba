#include "table/values/column_values.hpp"

#include <limits>
#include <utility>

#include "table/values/utf8.hpp"

namespace tessera::table {

ColumnValues::ColumnValues(const Column& wanted, ColumnForm form, std::size_t column,
                           std::size_t capacity)
    : type_(wanted.type), form_(std::move(form)), column_(column) {
  switch (type_) {
    case ColumnType::kInteger:
    case ColumnType::kDate:
      integers_.resize(capacity);
      break;
    case ColumnType::kReal:
      reals_.resize(capacity);
      break;
    case ColumnType::kCategory:
      codes_.resize(capacity);
      for (const std::string& level : wanted.levels) {
        levels_.add(level);
      }
      break;
    case ColumnType::kText:
      texts_.resize(capacity);
      break;
  }
}

std::int32_t ColumnValues::code_of(std::string_view cell) const {
  const std::int32_t code = levels_.find_cell(cell);
  // levels are UTF-8: a cell that is none of them is not
  return code >= 0 ? code : levels_.find(utf8_from_windows_1252(cell));
}

void ColumnValues::add(std::span<const std::string_view> cells, const MissingMarkers& missing) {
  const auto fill = [&](auto* out, auto none, const auto& value_of) {
    for (const std::string_view cell : cells) {
      *out++ = missing.match(cell) ? none : value_of(cell);
    }
  };
  switch (type_) {
    case ColumnType::kInteger:
    case ColumnType::kDate:
      fill(integers_.data() + size_, kMissingInteger, [this](std::string_view cell) {
        const Number number = form_.is_plain() ? parse_cell(cell) : form_.parse(cell);
        return number.kind == NumberKind::kNone ? kMissingInteger : number.integer;
      });
      break;
    case ColumnType::kReal:
      fill(reals_.data() + size_, std::numeric_limits<double>::quiet_NaN(),
           [this](std::string_view cell) {
             const Number number = form_.is_plain() ? parse_cell(cell) : form_.parse(cell);
             return number.kind == NumberKind::kNone ? std::numeric_limits<double>::quiet_NaN()
                                                     : number.real;
           });
      break;
    case ColumnType::kCategory:
      fill(codes_.data() + size_, std::int32_t{-1},
           [this](std::string_view cell) { return code_of(cell); });
      break;
    case ColumnType::kText: {
      std::string converted;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        std::string& text = texts_[size_ + i];
        if (missing.match(cells[i])) {
          text.clear();
        } else {
          text.assign(utf8_of(cells[i], converted));
        }
      }
      break;
    }
  }
  size_ += cells.size();
}

void ColumnValues::flush(ColumnSink& sink, std::uint64_t first) {
  switch (type_) {
    case ColumnType::kInteger:
    case ColumnType::kDate:
      sink.integers(column_, first, std::span(integers_).first(size_));
      break;
    case ColumnType::kReal:
      sink.reals(column_, first, std::span(reals_).first(size_));
      break;
    case ColumnType::kCategory:
      sink.codes(column_, first, std::span(codes_).first(size_));
      break;
    case ColumnType::kText:
      views_.assign(texts_.begin(), texts_.begin() + static_cast<std::ptrdiff_t>(size_));
      sink.texts(column_, first, views_);
      break;
  }
  size_ = 0;
}

}  // namespace tessera::table
