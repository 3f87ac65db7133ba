#include "tessera/cluster/category_tables.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace tessera::cluster {

CategoryTables::CategoryTables(const features::Space& space, Unseen unseen) {
  const std::size_t without_level = unseen == Unseen::kPossible ? 1 : 0;
  const auto width = [&](std::size_t c) { return space.levels[c] + without_level; };
  std::vector<std::size_t> widest_first(space.categories());
  std::iota(widest_first.begin(), widest_first.end(), std::size_t{0});
  std::ranges::stable_sort(widest_first, std::ranges::greater(), width);
  struct Group {
    std::size_t entries = 1;
    std::vector<Digit> digits;
  };
  std::vector<Group> groups;
  for (const std::size_t c : widest_first) {
    auto group = std::ranges::find_if(
        groups, [&](const Group& some) { return some.entries * width(c) <= kShared; });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), Group());
    }
    group->digits.push_back({.category = c,
                             .last = static_cast<std::uint16_t>(width(c) - 1),
                             .factor = static_cast<std::uint16_t>(group->entries)});
    group->entries *= width(c);
  }
  for (const Group& group : groups) {
    tables_.push_back({.first_digit = digits_.size(),
                       .last_digit = digits_.size() + group.digits.size(),
                       .offset = entries(),
                       .stride = (group.entries + kInRegister - 1) / kInRegister * kInRegister});
    digits_.insert(digits_.end(), group.digits.begin(), group.digits.end());
  }
}

std::size_t CategoryTables::position(const Table& table, const features::FeatureRows& rows,
                                     std::uint64_t row) const {
  std::size_t position = 0;
  for (const Digit& digit : digits(table)) {
    position += std::size_t{std::min(rows.code(row, digit.category), digit.last)} * digit.factor;
  }
  return position;
}

}  // namespace tessera::cluster
