#include "features/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace tessera::features {

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(value) : std::nullopt;
}

std::string whole_number_text(double value) {
  constexpr double kLargest = 0x1.0p53;
  if (!(std::fabs(value) < kLargest) || value != std::trunc(value)) {
    return {};
  }
  return fmt::format("{}", static_cast<std::int64_t>(value));
}

bool has_numbers_only(const table::Column& column) {
  return column.type == table::ColumnType::kCategory && !column.levels.empty() &&
         std::ranges::all_of(column.levels,
                             [](const std::string& level) { return number_of(level).has_value(); });
}

bool is_all_missing(const table::Table& table, std::size_t column) {
  const table::Column& found = table.columns()[column];
  if (found.type == table::ColumnType::kCategory) {
    return found.levels.empty();
  }
  if (const std::optional<std::uint64_t> missing = table.missing(column)) {
    return *missing == table.rows();
  }
  constexpr std::uint64_t kAtOnce = 4096;
  std::vector<double> numbers(found.is_number() ? kAtOnce : 0);
  for (std::uint64_t first = 0; first < table.rows(); first += kAtOnce) {
    const std::uint64_t count = std::min(kAtOnce, table.rows() - first);
    if (found.is_number()) {
      const std::span<double> piece = std::span(numbers).first(count);
      table.read_numbers(column, first, piece);
      if (!std::ranges::all_of(piece, [](double value) { return std::isnan(value); })) {
        return false;
      }
    } else if (!std::ranges::all_of(table.read_text(column, first, count), &std::string::empty)) {
      return false;
    }
  }
  return true;
}

}  // namespace tessera::features
