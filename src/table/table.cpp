#include "tessera/table/table.hpp"

#include <algorithm>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {

void check_columns(const std::string& name, std::uint64_t columns) {
  if (columns > kMaxColumns) {
    fail(ExitCode::kBadData,
         "{} has {} columns, more than the {} that a table may have; is it to be transposed?", name,
         grouped(columns), grouped(kMaxColumns));
  }
}

std::string to_string(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "integer";
    case ColumnType::kReal:
      return "real";
    case ColumnType::kCategory:
      return "category";
    case ColumnType::kText:
      return "text";
    case ColumnType::kDate:
      return "date";
  }
  return {};
}

std::optional<std::uint64_t> Table::missing(std::size_t) const { return std::nullopt; }

void Table::check_summary(std::size_t, const ColumnSummary&) const {}

std::size_t Table::find(const std::string& name) const {
  const std::vector<Column>& all = columns();
  for (std::size_t c = 0; c < all.size(); ++c) {
    if (all[c].name == name) {
      return c;
    }
  }
  std::vector<std::string> nearest;
  nearest.reserve(all.size());
  for (const Column& column : all) {
    nearest.push_back(column.name);
  }
  nearest = nearest_first(name, std::move(nearest));
  constexpr std::size_t kListed = 12;
  const std::size_t more = nearest.size() - std::min(kListed, nearest.size());
  nearest.resize(nearest.size() - more);
  fail(ExitCode::kBadData, "{} has no column '{}'; it has {}{}", this->name(), name,
       fmt::join(nearest, ", "), more == 0 ? "" : fmt::format(" and {} more", more));
}

void Table::read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                                std::span<const std::span<double>> out) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    read_numbers(columns[i], first, out[i]);
  }
}

std::vector<std::string_view> Table::read_views(std::size_t column, std::uint64_t first,
                                                std::uint64_t count,
                                                std::vector<std::string>& store) const {
  store = read_text(column, first, count);
  return {store.begin(), store.end()};
}

}  // namespace tessera::table
