/// \file
/// Text that is UTF-8, and text that ought to be. Private to src/table.
#pragma once

#include <string>
#include <string_view>

namespace tessera::table {

[[nodiscard]] bool is_utf8(std::string_view text);

/// True if the last bytes of `text` are one whole, valid character.
[[nodiscard]] bool ends_with_whole_utf8_character(std::string_view text);

/// Reads `text` as Windows-1252, of which Latin-1's printable characters are a part.
[[nodiscard]] std::string utf8_from_windows_1252(std::string_view text);

/// `cell` itself if it is UTF-8, else `converted`, which then holds it read as Windows-1252.
[[nodiscard]] std::string_view utf8_of(std::string_view cell, std::string& converted);

/// A cell as an error message shows it: cut at 40 bytes, control characters replaced.
[[nodiscard]] std::string shown(std::string_view cell);

}  // namespace tessera::table
