#include "tessera/base/byte_size.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace tessera {

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || !(value >= 0)) {
    return std::nullopt;
  }
  if (!unit.empty()) {
    const std::size_t power = kUnits.find(unit[0]);
    unit.remove_prefix(1);
    if (power == std::string_view::npos || !(unit.empty() || unit == "B" || unit == "iB")) {
      return std::nullopt;
    }
    value = std::ldexp(value, 10 * (static_cast<int>(power) + 1));
  }
  return value <= 0x1.0p63 ? std::optional(static_cast<std::uint64_t>(value)) : std::nullopt;
}

}  // namespace tessera
