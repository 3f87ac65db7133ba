#include "rfm/amount.hpp"

#include <algorithm>
#include <cmath>

#include "rfm/trimmed.hpp"
#include "tessera/base/error.hpp"

namespace tessera::rfm {
namespace {

bool has(const table::Table& table, std::string_view name) {
  return std::ranges::any_of(table.columns(),
                             [&](const table::Column& column) { return column.name == name; });
}

}  // namespace

Amount::Amount(const table::Table& table, const std::string& expression) : table_(table) {
  // a column's own name may have a star, and so may those of two
  std::size_t star = has(table, expression) ? std::string::npos : expression.find('*');
  for (std::size_t at = star; at != std::string::npos; at = expression.find('*', at + 1)) {
    if (has(table, trimmed(std::string_view(expression).substr(0, at))) &&
        has(table, trimmed(std::string_view(expression).substr(at + 1)))) {
      star = at;
      break;
    }
  }
  take_column(star == std::string::npos ? std::string_view(expression)
                                        : std::string_view(expression).substr(0, star));
  if (star != std::string::npos) {
    take_column(std::string_view(expression).substr(star + 1));
  }
  values_.resize(columns_.size());
}

void Amount::take_column(std::string_view name) {
  const std::size_t index =
      table_.find(has(table_, name) ? std::string(name) : std::string(trimmed(name)));
  const table::Column& column = table_.columns()[index];
  if (!column.is_number()) {
    fail_about("amount", ExitCode::kBadData,
               "{}: column '{}' holds {}, not numbers, which amounts are", table_.name(),
               column.name, column.type == table::ColumnType::kCategory ? "categories" : "text");
  }
  columns_.push_back(index);
}

void Amount::read(std::uint64_t first, std::uint64_t count) {
  first_ = first;
  std::vector<std::span<double>> out;
  for (std::vector<double>& values : values_) {
    values.resize(count);
    out.emplace_back(values);
  }
  table_.read_number_columns(columns_, first, out);
}

bool Amount::is_missing(std::size_t i) const {
  return std::isnan(values_[0][i]) || (values_.size() > 1 && std::isnan(values_[1][i]));
}

numeric::Decimal Amount::at(std::size_t i) const {
  constexpr double kLargest = numeric::Decimal::kLargest;
  const double one = values_[0][i];
  const double other = values_.size() > 1 ? values_[1][i] : 1;
  for (std::size_t c = 0; c < values_.size(); ++c) {
    if (!(std::fabs(values_[c][i]) <= kLargest)) {
      fail_about("amount", ExitCode::kBadData,
                 "{}: row {}, column '{}': {} is too large for an amount, which is up to {}; "
                 "correct it, or leave the row out by a test",
                 table_.name(), first_ + i + 1, table_.columns()[columns_[c]].name, values_[c][i],
                 kLargest);
    }
  }
  if (!(std::fabs(one * other) <= kLargest)) {
    fail_about("amount", ExitCode::kBadData,
               "{}: row {}: {} x {} is too large for an amount, which is up to {}; correct it, or "
               "leave the row out by a test",
               table_.name(), first_ + i + 1, one, other, kLargest);
  }
  return values_.size() > 1 ? numeric::Decimal::product(one, other) : numeric::Decimal::of(one);
}

}  // namespace tessera::rfm
