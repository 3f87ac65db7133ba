#include "tessera/base/visible.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace tessera {
namespace {

struct Character {
  std::size_t size = 1;
  std::uint32_t code = 0;
  bool is_valid = false;
};

constexpr std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

/// The first character of a text that is not empty; of what is no UTF-8 the first byte.
Character first_of(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) {
    return {1, lead, true};
  }
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) {
    return {};
  }
  std::uint32_t code = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80U) {
      return {};
    }
    code = code << 6U | (byte_at(text, i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < kLeast[size] || code > 0x10FFFF || is_surrogate ? Character{}
                                                                : Character{size, code, true};
}

bool is_between(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
  return code >= first && code <= last;
}

// Line ends, marks and overrides of direction, and what has no width. The joiners U+200C and U+200D
// belong to words of some languages.
bool is_hidden(std::uint32_t code) {
  return is_between(code, 0x80, 0x9F) || code == 0xAD || code == 0x61C || code == 0x180E ||
         code == 0x200B || is_between(code, 0x200E, 0x200F) || is_between(code, 0x2028, 0x202E) ||
         is_between(code, 0x2060, 0x206F) || code == 0xFEFF || is_between(code, 0xFFF9, 0xFFFB) ||
         is_between(code, 0xE0000, 0xE007F);
}

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

std::string made_visible(std::string_view text, bool with_line_feeds) {
  if (std::ranges::all_of(text, is_plain)) {
    return std::string(text);
  }
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_of(text.substr(at));
    const bool is_control = character.code < 0x20 || character.code == 0x7F;
    if (!character.is_valid || (is_control && !(with_line_feeds && text[at] == '\n'))) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", byte_at(text, at));
    } else if (is_hidden(character.code)) {
      fmt::format_to(std::back_inserter(shown), "\\u{:04x}", character.code);
    } else {
      shown += text.substr(at, character.size);
    }
    at += character.size;
  }
  return shown;
}

}  // namespace

std::string visible(std::string_view text) { return made_visible(text, false); }

std::string visible_lines(std::string_view text) { return made_visible(text, true); }

}  // namespace tessera
