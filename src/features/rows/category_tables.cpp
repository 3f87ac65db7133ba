#include "tessera/features/rows/category_tables.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace tessera::features {
namespace {

constexpr std::size_t kLine = simd::kLookupEntries;

}  // namespace

CategoryTables::CategoryTables(const Space& space, Unseen unseen)
    : unseen_(unseen), norm_(space.categories_norm()), categories_(space.categories()) {
  std::vector<std::size_t> widest_first(space.categories());
  std::iota(widest_first.begin(), widest_first.end(), std::size_t{0});
  std::ranges::stable_sort(widest_first, std::ranges::greater(),
                           [&](std::size_t c) { return space.levels[c]; });
  struct Group {
    std::size_t entries = 1;
    std::vector<Digit> digits;
  };
  std::vector<Group> groups;
  for (const std::size_t c : widest_first) {
    // one even of a category without levels, which no row can have a code of
    const std::size_t values =
        std::max(std::size_t{1}, space.levels[c] + (unseen == Unseen::kPossible ? 1 : 0));
    auto group = std::ranges::find_if(
        groups, [&](const Group& some) { return some.entries * values <= kShared; });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), Group());
    }
    group->digits.push_back(
        {.category = c, .levels = space.levels[c], .values = values, .factor = group->entries});
    group->entries *= values;
  }
  for (const Group& group : groups) {
    tables_.push_back({.first_digit = digits_.size(),
                       .last_digit = digits_.size() + group.digits.size(),
                       .offset = entries(),
                       .entries = group.entries,
                       .stride = (group.entries + kLine - 1) / kLine * kLine});
    digits_.insert(digits_.end(), group.digits.begin(), group.digits.end());
    position_bytes_ = group.entries > 256 ? 2 : position_bytes_;
  }
  std::size_t first_level = 0;
  for (std::size_t c = 0; c < space.categories(); ++c) {
    categories_[c].first_level = first_level;
    first_level += space.levels[c];
  }
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    for (std::size_t d = tables_[t].first_digit; d < tables_[t].last_digit; ++d) {
      const Digit& digit = digits_[d];
      Category& category = categories_[digit.category];
      category.table = t;
      category.digit = d;
      category.first_code = codes_.size();
      for (std::size_t position = 0; position < tables_[t].entries; ++position) {
        const std::size_t value = position / digit.factor % digit.values;
        codes_.push_back(value < digit.levels ? static_cast<std::uint16_t>(value) : kNoLevel);
      }
    }
  }
}

void CategoryTables::count_levels(std::span<const std::int64_t> at_entries,
                                  std::span<std::int64_t> levels) const {
  std::ranges::fill(levels, 0);
  for (const Table& table : tables_) {
    const std::span<const std::int64_t> counts = at_entries.subspan(table.offset, table.entries);
    for (const Digit& digit : digits(table)) {
      const std::size_t period = digit.factor * digit.values;
      std::int64_t* const its = levels.data() + categories_[digit.category].first_level;
      for (std::size_t first = 0; first < counts.size(); first += period) {
        for (std::size_t level = 0; level < digit.levels; ++level) {
          for (std::size_t i = 0; i < digit.factor; ++i) {
            its[level] += counts[first + level * digit.factor + i];
          }
        }
      }
    }
  }
}

}  // namespace tessera::features
