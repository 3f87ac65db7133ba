/// \file
/// Arguments of the form LOW:HIGH. Private to src/features/steps.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace tessera::features {

/// A number that stands alone; nothing else does.
[[nodiscard]] inline std::optional<double> number_argument(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(value) : std::nullopt;
}

/// LOW and HIGH of "LOW:HIGH", in whatever order; what stands for them where one is left out.
[[nodiscard]] inline std::optional<std::pair<double, double>> range_argument(
    std::string_view text, std::optional<std::pair<double, double>> open = std::nullopt) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view low = text.substr(0, colon);
  const std::string_view high = text.substr(colon + 1);
  const auto first = low.empty() && open ? std::optional(open->first) : number_argument(low);
  const auto second = high.empty() && open ? std::optional(open->second) : number_argument(high);
  return first && second ? std::optional(std::pair(*first, *second)) : std::nullopt;
}

}  // namespace tessera::features
