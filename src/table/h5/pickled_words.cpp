#include "table/h5/pickled_words.hpp"

#include <charconv>
#include <cstdint>
#include <map>

namespace tessera::table {
namespace {

void append_utf8(std::string& text, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6U);
    put(0x80 | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12U);
    put(0x80 | (point >> 6U & 0x3FU));
    put(0x80 | (point & 0x3FU));
  } else {
    put(0xF0 | point >> 18U);
    put(0x80 | (point >> 12U & 0x3FU));
    put(0x80 | (point >> 6U & 0x3FU));
    put(0x80 | (point & 0x3FU));
  }
}

// Python's raw-unicode-escape: Latin-1, and \uXXXX or \UXXXXXXXX for the rest and for backslashes.
std::string unescaped(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::size_t digits = i + 1 >= raw.size() || raw[i] != '\\' ? 0
                               : raw[i + 1] == 'u'                   ? 4
                               : raw[i + 1] == 'U'                   ? 8
                                                                     : 0;
    std::uint32_t point = static_cast<unsigned char>(raw[i]);
    if (digits > 0 && i + 2 + digits <= raw.size()) {
      std::from_chars(raw.data() + i + 2, raw.data() + i + 2 + digits, point, 16);
      i += 1 + digits;
    }
    append_utf8(text, point);
  }
  return text;
}

}  // namespace

std::optional<std::vector<std::string>> pickled_words(std::string_view pickle) {
  std::vector<std::string> words;
  std::map<std::string, std::string, std::less<>> kept;  // by the number they were put under
  std::optional<std::string> last;                       // what a 'p' keeps
  for (std::size_t at = 0; at < pickle.size();) {
    const char code = pickle[at++];
    std::string_view line;
    if (std::string_view("VSIFLpgc").find(code) != std::string_view::npos) {
      const std::size_t end = pickle.find('\n', at);
      if (end == std::string_view::npos) {
        return std::nullopt;
      }
      line = pickle.substr(at, end - at);
      at = end + 1;
      if (code == 'c') {  // the second line of what is imported, which nobody does here
        at = pickle.find('\n', at);
        if (at++ == std::string_view::npos) {
          return std::nullopt;
        }
      }
    }
    switch (code) {
      case 'V':
        last = unescaped(line);
        break;
      case 'S':
        last = std::string(line.size() < 2 ? line : line.substr(1, line.size() - 2));
        break;
      case 'I':
      case 'F':
        last = std::string(line);
        break;
      case 'L':
        last = std::string(line.substr(0, line.find('L')));
        break;
      case 'p':
        if (last) {
          kept[std::string(line)] = *last;
        }
        last.reset();
        continue;
      case 'g':
        if (const auto known = kept.find(line); known != kept.end()) {
          words.push_back(known->second);
        }
        last.reset();
        continue;
      case '.':
        return words;
      case '(':
      case 'l':
      case 'd':
      case 't':
      case 'a':
      case 's':
      case 'N':
      case 'R':
      case 'c':
        last.reset();
        continue;
      default:
        return std::nullopt;
    }
    words.push_back(*last);
  }
  return std::nullopt;
}

}  // namespace tessera::table
