/// \file
/// Sizes as people state them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tessera {

/// The bytes of a text such as 4G, 1.5GiB or 500000: K, M, G and T are binary units, as Slurm's.
/// Nothing if it is none, or more than 2^63.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace tessera
