#include "rfm/id_column.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace tessera::rfm {
namespace {

using table::ColumnType;

constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;
constexpr double kExactIntegers = 0x1.0p53;  // below, a double holds every integer

std::uint64_t word_of_text(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace

IdColumn::IdColumn(const table::Table& table, const std::string& name)
    : table_(table), column_(table.find(name)) {
  const table::Column& column = table.columns()[column_];
  kind_ = !column.is_number()                   ? Kind::kText
          : column.type == ColumnType::kInteger ? Kind::kInteger
                                                : Kind::kReal;
  for (const std::string& level : column.levels) {
    level_words_.push_back(word_of_text(level));
  }
}

std::uint64_t IdColumn::word_of(std::int64_t value) {
  return static_cast<std::uint64_t>(value) ^ kSign;
}

std::uint64_t IdColumn::word_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);  // one zero
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

std::int64_t IdColumn::integer_of(std::uint64_t word) {
  return static_cast<std::int64_t>(word ^ kSign);
}

double IdColumn::real_of(std::uint64_t word) {
  return std::bit_cast<double>((word & kSign) != 0 ? word ^ kSign : ~word);
}

void IdColumn::read(std::uint64_t first, std::uint64_t count, Ids& ids) {
  ids.words.resize(count);
  ids.missing.resize(count);
  if (kind_ != Kind::kText) {
    read_numbers(first, count, ids);
  } else if (table_.columns()[column_].type == ColumnType::kCategory) {
    read_levels(first, count, ids);
  } else {
    read_texts(first, count, ids);
  }
}

void IdColumn::read_numbers(std::uint64_t first, std::uint64_t count, Ids& ids) {
  numbers_.resize(count);
  table_.read_numbers(column_, first, numbers_);
  if (kind_ == Kind::kReal) {
    for (std::size_t i = 0; i < count; ++i) {
      ids.missing[i] = std::isnan(numbers_[i]) ? 1 : 0;
      ids.words[i] = word_of(numbers_[i]);
    }
    return;
  }
  bool large = false;
  for (std::size_t i = 0; i < count; ++i) {
    const double value = numbers_[i];
    const bool missing = std::isnan(value);
    large = large || std::fabs(value) >= kExactIntegers;
    ids.missing[i] = missing ? 1 : 0;
    ids.words[i] = word_of(missing || large ? std::numeric_limits<std::int64_t>::min()
                                            : static_cast<std::int64_t>(value));
  }
  if (large) {
    read_large_integers(first, count, ids);
  }
}

void IdColumn::read_large_integers(std::uint64_t first, std::uint64_t count, Ids& ids) const {
  const std::vector<std::string> texts = table_.read_text(column_, first, count);
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t value = std::numeric_limits<std::int64_t>::min();  // where missing
    std::from_chars(texts[i].data(), texts[i].data() + texts[i].size(), value);
    ids.words[i] = word_of(value);
  }
}

void IdColumn::read_levels(std::uint64_t first, std::uint64_t count, Ids& ids) {
  const std::vector<std::string>& levels = table_.columns()[column_].levels;
  codes_.resize(count);
  ids.texts.resize(count);
  table_.read_codes(column_, first, codes_);
  for (std::size_t i = 0; i < count; ++i) {
    ids.missing[i] = codes_[i] < 0 ? 1 : 0;
    const auto level = static_cast<std::size_t>(std::max(codes_[i], 0));
    ids.texts[i] = codes_[i] < 0 ? std::string_view() : std::string_view(levels[level]);
    ids.words[i] = codes_[i] < 0 ? 0 : level_words_[level];
  }
}

void IdColumn::read_texts(std::uint64_t first, std::uint64_t count, Ids& ids) const {
  ids.texts = table_.read_views(column_, first, count, ids.kept);
  for (std::size_t i = 0; i < count; ++i) {
    ids.missing[i] = ids.texts[i].empty() ? 1 : 0;
    ids.words[i] =
        i > 0 && ids.texts[i] == ids.texts[i - 1] ? ids.words[i - 1] : word_of_text(ids.texts[i]);
  }
}

}  // namespace tessera::rfm
