#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "features/columns.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

using table::Column;
using table::ColumnType;

}  // namespace

CategoryReader::CategoryReader(const CategoryFeature& feature, const table::Table& table)
    : feature_(feature),
      table_(table),
      column_(table.find(feature.column)),
      source_(Source::kText) {
  const Column& found = table.columns()[column_];
  if (found.is_date() && !is_all_missing(table, column_)) {
    fail_about("types", ExitCode::kBadData,
               "{}: column \"{}\" holds dates, but the model was trained on categories; state its "
               "type where its text is read, as \"{}=category\"",
               table.name(), feature.column, feature.column);
  }
  if (found.type == ColumnType::kCategory) {
    source_ = Source::kCodes;
    known_.push_back(kMissingLevel);
    for (const std::string& level : found.levels) {
      known_.push_back(feature.code_of(level));
    }
  } else if (found.is_number() && feature.buckets == 0) {
    bool all_whole = true;
    bool any_number = feature.other_code() != kNoLevel;
    for (std::size_t code = 0; code < feature.levels.size(); ++code) {
      const std::optional<double> value = number_of(feature.levels[code]);
      any_number = any_number || value;
      if (value && whole_number_text(*value) == feature.levels[code]) {
        values_.emplace_back(*value, static_cast<std::uint16_t>(code));
      } else {
        all_whole = all_whole && !value;  // what is no number is no cell of a column of numbers
      }
    }
    source_ = all_whole ? Source::kNumbers : Source::kText;
    std::ranges::sort(values_);
    if (!any_number && !is_all_missing(table, column_)) {
      fail_about("types", ExitCode::kBadData,
                 "{}: column \"{}\" holds {} values, but the model was trained on categories; "
                 "state its type where its text is read, as \"{}=category\"",
                 table.name(), feature.column, table::to_string(found.type), feature.column);
    }
  }
}

void CategoryReader::read(std::uint64_t first, std::span<std::uint16_t> out) const {
  switch (source_) {
    case Source::kCodes:
      return read_codes(first, out);
    case Source::kNumbers:
      return read_numbers(first, out);
    case Source::kText:
      return read_text(first, out);
  }
}

void CategoryReader::read_codes(std::uint64_t first, std::span<std::uint16_t> out) const {
  std::vector<std::int32_t> codes(out.size());
  table_.read_codes(column_, first, codes);
  std::ranges::transform(codes, out.begin(), [&](std::int32_t code) {
    return known_[static_cast<std::size_t>(std::int64_t{code} + 1)];
  });
}

void CategoryReader::read_numbers(std::uint64_t first, std::span<std::uint16_t> out) const {
  std::vector<double> numbers(out.size());
  table_.read_numbers(column_, first, numbers);
  const std::uint16_t other = feature_.other_code();
  std::ranges::transform(numbers, out.begin(), [&](double number) {
    if (std::isnan(number)) {
      return kMissingLevel;
    }
    const auto at = std::ranges::lower_bound(values_, number, std::ranges::less(),
                                             &std::pair<double, std::uint16_t>::first);
    return at != values_.end() && at->first == number ? at->second : other;
  });
}

void CategoryReader::read_text(std::uint64_t first, std::span<std::uint16_t> out) const {
  const std::vector<std::string> text = table_.read_text(column_, first, out.size());
  std::ranges::transform(text, out.begin(), [&](const std::string& level) {
    return level.empty() ? kMissingLevel : feature_.code_of(level);
  });
}

}  // namespace tessera::features
