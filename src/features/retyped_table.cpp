#include "tessera/features/retyped_table.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "features/columns.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {

void RetypedTable::take_as_number(std::size_t column) {
  table::Column& retyped = columns_[column];
  if (retyped.is_number()) {
    return;
  }
  if (retyped.is_date()) {
    dates_.insert(column);
    retyped.type = table::ColumnType::kReal;
    return;
  }
  if (retyped.type != table::ColumnType::kCategory) {
    fail(ExitCode::kBadData,
         "{}: column \"{}\" cannot be taken as number: its values are text; state its type when "
         "ingesting",
         name(), retyped.name);
  }
  std::vector<double> numbers = {std::numeric_limits<double>::quiet_NaN()};
  for (const std::string& level : retyped.levels) {
    const std::optional<double> number = number_of(level);
    if (!number) {
      fail(ExitCode::kBadData, "{}: column \"{}\" cannot be taken as number: it holds \"{}\"",
           name(), retyped.name, level);
    }
    numbers.push_back(*number);
  }
  numbers_[column] = std::move(numbers);
  retyped.type = table::ColumnType::kReal;
  retyped.levels.clear();
}

void RetypedTable::take_as_number(std::size_t column, Encoding encoding) {
  table::Column& retyped = columns_[column];
  if (retyped.type == table::ColumnType::kCategory) {
    std::vector<double> numbers = {std::numeric_limits<double>::quiet_NaN()};
    for (const std::string& level : retyped.levels) {
      numbers.push_back(encoding.of(level));
    }
    numbers_[column] = std::move(numbers);
  }
  encoded_[column] = std::move(encoding);
  retyped.type = table::ColumnType::kReal;
  retyped.levels.clear();
}

void RetypedTable::read_encoded(std::size_t column, const Encoding& encoding, std::uint64_t first,
                                std::span<double> out) const {
  const std::vector<std::string> text = under().read_text(column, first, out.size());
  std::ranges::transform(text, out.begin(),
                         [&](const std::string& level) { return encoding.of(level); });
}

void RetypedTable::read_numbers(std::size_t column, std::uint64_t first,
                                std::span<double> out) const {
  const auto numbers = numbers_.find(column);
  if (numbers == numbers_.end()) {
    if (const auto encoded = encoded_.find(column); encoded != encoded_.end()) {
      return read_encoded(column, encoded->second, first, out);
    }
    under().read_numbers(column, first, out);
    if (dates_.contains(column)) {
      for (double& value : out) {
        value /= static_cast<double>(kSecondsPerDay);
      }
    }
    return;
  }
  std::vector<std::int32_t> codes(out.size());
  under().read_codes(column, first, codes);
  std::ranges::transform(codes, out.begin(), [&](std::int32_t code) {
    return numbers->second[static_cast<std::size_t>(std::int64_t{code} + 1)];
  });
}

void RetypedTable::read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                                       std::span<const std::span<double>> out) const {
  if (is_as_it_was()) {
    return under().read_number_columns(columns, first, out);
  }
  // one by one, each by read_numbers() above
  Table::read_number_columns(columns, first, out);  // NOLINT(bugprone-parent-virtual-call)
}

}  // namespace tessera::features
