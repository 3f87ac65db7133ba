// The date that days are counted up to.
#pragma once

#include <cstdint>
#include <string>

namespace tessera::rfm {

/// Seconds since 1970 of a stated snapshot: 2024-01-31, with a time or not, or 20240131. Throws
/// kUsage about `snapshot`.
[[nodiscard]] std::int64_t parse_snapshot(const std::string& text);

}  // namespace tessera::rfm
