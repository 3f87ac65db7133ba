/// \file
/// Words and numbers as people like to read them.
#pragma once

#include <concepts>
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

/// Without the blanks and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// In double quotes, those within it doubled: a name in SQL, a cell of delimited text.
[[nodiscard]] std::string in_double_quotes(std::string_view text);

/// "a, b,c" -> {"a", "b", "c"}; blanks around names are dropped, empty names are left out. A name
/// that holds a comma stands in double quotes: "\"Smith, J\",b".
[[nodiscard]] std::vector<std::string> split_names(std::string_view list);

/// The list that split_names() takes apart again, unless a name holds a double quote.
[[nodiscard]] std::string join_names(const std::vector<std::string>& names);

/// 1234567 as "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t value);

/// "1 row", "2 rows", "1,234 rows": a noun that takes an s.
template <std::integral Count>
[[nodiscard]] std::string counted(Count count, std::string_view noun) {
  const auto value = static_cast<std::uint64_t>(count);
  return (grouped(value) + ' ').append(noun).append(value == 1 ? "" : "s");
}

/// Bytes in binary units with three digits, such as "1.50 GiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

}  // namespace tessera
