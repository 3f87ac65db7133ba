#include "tessera/model/small_groups.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tessera::model {
namespace {

bool is_small(std::uint64_t count, std::uint64_t least) { return count > 0 && count < least; }

void hide_numbers(NumericProfile& column, std::span<const std::uint64_t> sizes,
                  std::uint64_t least) {
  for (std::size_t segment = 0; segment < sizes.size(); ++segment) {
    std::uint64_t& missing = column.missing[segment];
    // hidden before, it was judged with the mean
    const std::uint64_t known = missing == kHidden ? sizes[segment] : sizes[segment] - missing;
    if (sizes[segment] < least || known < least) {
      column.means[segment] = std::numeric_limits<double>::quiet_NaN();
    }
    if (sizes[segment] < least || is_small(missing, least) || is_small(known, least)) {
      missing = kHidden;
    }
  }
}

/// The counts of a column in one segment.
void hide_counts(std::vector<std::uint64_t*> counts, std::uint64_t least) {
  std::erase_if(counts, [](const std::uint64_t* count) { return *count == 0; });
  std::ranges::sort(counts, {}, [](const std::uint64_t* count) { return *count; });
  std::size_t hidden = 0;
  std::uint64_t together = 0;
  for (std::uint64_t* const count : counts) {
    const bool follows = hidden > 0 && (hidden < 2 || together < least);
    if (*count != kHidden && (*count < least || follows)) {
      together += *count;
      ++hidden;
      *count = kHidden;
    }
  }
}

void hide_levels(CategoryProfile& column, std::span<const std::uint64_t> sizes,
                 std::uint64_t least) {
  const std::size_t levels = column.levels.size();
  for (std::size_t segment = 0; segment < sizes.size(); ++segment) {
    std::vector<std::uint64_t*> counts = {&column.missing[segment]};
    for (std::size_t level = 0; level < levels; ++level) {
      counts.push_back(&column.counts[segment * levels + level]);
    }
    if (sizes[segment] < least) {
      for (std::uint64_t* const count : counts) {
        *count = kHidden;
      }
    } else {
      hide_counts(std::move(counts), least);
    }
  }
  for (std::size_t at = 0; at < column.weights.size(); ++at) {
    if (column.counts[at] == kHidden) {
      column.weights[at] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

}  // namespace

std::uint64_t min_group_of(std::uint64_t min_group, std::uint64_t rows) {
  return rows < 2 * kMinGroup && min_group <= kMinGroup ? 1 : min_group;
}

void hide_small_groups(Profile& profile, std::span<const std::uint64_t> sizes,
                       std::uint64_t min_group) {
  for (NumericProfile& column : profile.numeric) {
    hide_numbers(column, sizes, min_group);
  }
  for (CategoryProfile& column : profile.categories) {
    hide_levels(column, sizes, min_group);
  }
}

}  // namespace tessera::model
