/// \file
/// Words and numbers as people like to read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours between
/// two words, case ignored (optimal string alignment distance).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidates, those most like `word` first; equally alike ones keep their order.
[[nodiscard]] std::vector<std::string> nearest_first(std::string_view word,
                                                     std::vector<std::string> candidates);

/// "; did you mean 'candidate'?" for the candidate that `word` is likely a slip of, else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& candidates);

/// 1234567 as "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t value);

/// Bytes in binary units with three digits, such as "1.50 GiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

}  // namespace tessera
