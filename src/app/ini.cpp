#include "tessera/app/ini.hpp"

#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at == 0 || kBlank.find(text[at - 1]) != std::string_view::npos) {
      return text.substr(0, at);
    }
  }
  return text;
}

std::string unquoted(std::string_view text, const std::string& path, std::size_t line) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      const std::string_view rest = trimmed(text.substr(i + 1));
      if (!rest.empty() && rest.front() != '#') {
        fail(ExitCode::kConfig, "{}: line {}: '{}' follows the closing quote", path, line, rest);
      }
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      value += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : text[i];
    } else {
      value += text[i];
    }
  }
  fail(ExitCode::kConfig, "{}: line {}: the closing quote is missing", path, line);
}

}  // namespace

std::vector<IniEntry> parse_ini(std::string_view text, const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<IniEntry> entries;
  std::string section;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') {
      continue;
    }
    if (line.front() == '[') {
      const std::string_view whole = trimmed(without_comment(line));
      section = trimmed(whole.substr(1, whole.size() - std::min<std::size_t>(whole.size(), 2)));
      if (whole.back() != ']' || section.empty()) {
        fail(ExitCode::kConfig, "{}: line {}: expected '[section]', not '{}'", path, number, line);
      }
      continue;
    }
    const std::size_t equals = line.find('=');
    const std::string_view key = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      fail(ExitCode::kConfig, "{}: line {}: expected 'name = value', not '{}'", path, number, line);
    }
    const std::string_view value = trimmed(line.substr(equals + 1));
    entries.push_back({section, std::string(key),
                       value.starts_with('"') ? unquoted(value, path, number)
                                              : std::string(trimmed(without_comment(value))),
                       number});
  }
  return entries;
}

std::string ini_value(const std::string& value) {
  if (value == trimmed(value) && value.find_first_of("\"#\\\n\t") == std::string::npos) {
    return value;
  }
  std::string quoted = "\"";
  for (const char c : value) {
    switch (c) {
      case '\t':
        quoted += "\\t";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '"':
      case '\\':
        quoted += '\\';
        [[fallthrough]];
      default:
        quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace tessera::app
