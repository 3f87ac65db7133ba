/// \file
/// What is known of so few customers that it says something of each of them.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/model/profile.hpp"

namespace tessera::model {

/// Fewer customers than this are a small group, unless asked otherwise.
inline constexpr std::uint64_t kMinGroup = 10;

inline constexpr Field kMinGroupField{
    .name = "min_group",
    .value = "N",
    .help = "names of levels and statistics of fewer customers are hidden; 1: nothing is",
    .least = 1};

/// The same of a job that shows a model.
inline constexpr Field kShownGroupField{
    .name = "min_group",
    .value = "N",
    .help = "statistics of fewer customers are not shown; 1: all are",
    .least = 1};

/// A count in a profile that is not told.
inline constexpr std::uint64_t kHidden = std::numeric_limits<std::uint64_t>::max();

/// The threshold for a table of so many rows. Of fewer than 20, as in a first try, all would be
/// hidden: then nothing is (1), unless `min_group` asks for more than kMinGroup.
[[nodiscard]] std::uint64_t min_group_of(std::uint64_t min_group, std::uint64_t rows);

/// Hides what `profile` says of fewer than `min_group` customers: means of columns in segments
/// where so few have a value (NaN), and counts from 1 on (kHidden). Of the counts of a column in a
/// segment, which add up to its size, the next smallest are hidden as well until they are two or
/// more, of `min_group` customers together, so that none follows from the others. Customers are
/// rows, whatever they weigh; what they weigh is hidden with their number. `sizes`: of the
/// segments. Doing it again, with the same or a greater `min_group`, hides what is left to hide.
void hide_small_groups(Profile& profile, std::span<const std::uint64_t> sizes,
                       std::uint64_t min_group);

}  // namespace tessera::model
