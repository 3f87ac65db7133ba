#include "tessera/table/table.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <string_view>

#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

// Levenshtein's distance: insertions, deletions and replacements.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

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
  }
  return {};
}

std::size_t Table::find(const std::string& name) const {
  const std::vector<Column>& all = columns();
  for (std::size_t c = 0; c < all.size(); ++c) {
    if (all[c].name == name) {
      return c;
    }
  }
  std::vector<std::pair<std::size_t, std::string>> nearest;
  for (const Column& column : all) {
    nearest.emplace_back(distance(lower(name), lower(column.name)), column.name);
  }
  std::ranges::stable_sort(nearest, {}, [](const auto& entry) { return entry.first; });
  constexpr std::size_t kListed = 12;
  std::string names;
  for (std::size_t i = 0; i < std::min(kListed, nearest.size()); ++i) {
    names += (i == 0 ? "" : ", ") + nearest[i].second;
  }
  if (nearest.size() > kListed) {
    names += fmt::format(" and {} more", nearest.size() - kListed);
  }
  fail(ExitCode::kBadData, "{} has no column '{}'; it has {}", this->name(), name, names);
}

}  // namespace tessera::table
