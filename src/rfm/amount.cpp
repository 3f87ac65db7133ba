#include "rfm/amount.hpp"

#include <algorithm>
#include <cmath>

#include "rfm/words.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::rfm {
namespace {

bool has(const table::Table& table, std::string_view name) {
  return std::ranges::any_of(table.columns(),
                             [&](const table::Column& column) { return column.name == name; });
}

}  // namespace

Amount::Amount(const comm::Communicator& comm, const table::Table& table,
               const std::string& expression)
    : table_(table) {
  comm.together([&] { take_columns(expression); });
  for (const std::size_t index : columns_) {
    if (const table::Column& column = table.columns()[index]; !column.is_number()) {
      refuse_text(comm, column, index);
    }
  }
  values_.resize(columns_.size());
}

void Amount::take_columns(const std::string& expression) {
  const table::Table& table = table_;
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
}

void Amount::take_column(std::string_view name) {
  columns_.push_back(
      table_.find(has(table_, name) ? std::string(name) : std::string(trimmed(name))));
}

void Amount::refuse_text(const comm::Communicator& comm, const table::Column& column,
                         std::size_t index) const {
  const comm::Share share = comm::share_of(table_.rows(), comm.rank(), comm.size());
  comm.together([&] {
    std::vector<std::string> store;
    for (std::uint64_t at = 0; at < share.count; at += table::kPieceValues) {
      const std::uint64_t count = std::min<std::uint64_t>(table::kPieceValues, share.count - at);
      const std::vector<std::string_view> cells =
          table_.read_views(index, share.first + at, count, store);
      const auto other = std::ranges::find_if(
          cells, [](std::string_view cell) { return !cell.empty() && !number_of(cell); });
      if (other != cells.end()) {
        fail_about("amount", ExitCode::kBadData,
                   "{}: row {}, column '{}': '{}' is no number, which an amount is; correct it, or "
                   "declare that it means missing",
                   table_.name(),
                   share.first + at + static_cast<std::uint64_t>(other - cells.begin()) + 1,
                   column.name, *other);
      }
    }
  });
  fail_about("amount", ExitCode::kBadData,
             "{}: column '{}' holds {}, not numbers, which amounts are; state its type",
             table_.name(), column.name,
             column.type == table::ColumnType::kCategory ? "categories" : "text");
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
