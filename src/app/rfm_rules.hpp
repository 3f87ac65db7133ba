/// \file
/// A file of rules for `tessera rfm`. Private to src/app.
#pragma once

#include <string>
#include <string_view>

#include "tessera/rfm/scores.hpp"

namespace tessera::app {

/// Reads
///
///     [scores]
///     recency = 30, 90, 180, 365       # four numbers, ascending: days; others are quintiles
///
///     [segment Champions]              # first match wins
///     r = 5
///     fm = 4-5                         # r, f, m, and fm, the mean of f and m, halves upwards
///
/// Sections of segments stand for all of the customary ones. Throws kConfig naming `path` and the
/// line.
[[nodiscard]] rfm::ScoreOptions parse_rules(std::string_view text, const std::string& path);

}  // namespace tessera::app
