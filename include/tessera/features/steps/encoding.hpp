/// \file
/// Numbers in place of a category's levels.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>

namespace tessera::features {

struct Encoding {
  std::map<std::string, double, std::less<>> numbers;  ///< of levels
  /// That of a level without a number; NaN: it is taken as missing.
  double others = std::numeric_limits<double>::quiet_NaN();

  /// The number of a level; NaN of the empty one, which is missing.
  [[nodiscard]] double of(std::string_view level) const {
    const auto at = numbers.find(level);
    return at != numbers.end() ? at->second
           : level.empty()     ? std::numeric_limits<double>::quiet_NaN()
                               : others;
  }
};

}  // namespace tessera::features
