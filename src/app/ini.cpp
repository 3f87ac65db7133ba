#include "tessera/app/ini.hpp"

#include <algorithm>
#include <utility>

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

struct Quoted {
  std::string value;
  std::string_view rest;  // what follows the closing quote
};

Quoted unquoted(std::string_view text, const std::string& path, std::size_t line) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      return {value, trimmed(text.substr(i + 1))};
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

bool is_nothing(std::string_view rest) { return rest.empty() || rest.front() == '#'; }

std::string value_of(std::string_view text, const std::string& path, std::size_t line) {
  if (!text.starts_with('"')) {
    return std::string(trimmed(without_comment(text)));
  }
  Quoted quoted = unquoted(text, path, line);
  if (!is_nothing(quoted.rest)) {
    fail(ExitCode::kConfig, "{}: line {}: '{}' follows the closing quote", path, line, quoted.rest);
  }
  return std::move(quoted.value);
}

// Of a line [kind name] or [kind "name"]: both words with one blank between them.
std::string section_of(std::string_view line, const std::string& path, std::size_t number) {
  const auto refuse = [&] {
    fail(ExitCode::kConfig, "{}: line {}: expected '[section]', not '{}'", path, number, line);
  };
  const std::string_view inside = trimmed(line.substr(1));
  const std::size_t blank = std::min(inside.find_first_of(kBlank), inside.size());
  const std::string_view name = trimmed(inside.substr(blank));
  if (name.starts_with('"')) {
    const Quoted quoted = unquoted(name, path, number);
    if (!quoted.rest.starts_with(']') || !is_nothing(trimmed(quoted.rest.substr(1)))) {
      refuse();
    }
    return fmt::format("{} {}", inside.substr(0, blank), quoted.value);
  }
  std::string_view whole = trimmed(without_comment(inside));
  if (!whole.ends_with(']') || trimmed(whole.substr(0, whole.size() - 1)).empty()) {
    refuse();
  }
  whole = trimmed(whole.substr(0, whole.size() - 1));
  const std::size_t end = whole.find_first_of(kBlank);
  return end == std::string_view::npos
             ? std::string(whole)
             : fmt::format("{} {}", whole.substr(0, end), trimmed(whole.substr(end)));
}

// So that what somebody meant to say of a column is not lost without a word.
void refuse_empty(const std::string& section, std::size_t line, const std::string& path) {
  fail(ExitCode::kConfig, "{}: line {}: there is nothing in [{}]; remove it, or give it lines",
       path, line, section);
}

}  // namespace

std::vector<IniEntry> parse_ini(std::string_view text, const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<IniEntry> entries;
  std::string section;
  std::size_t empty_since = 0;  // the line of a section nothing has come of yet
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') {
      continue;
    }
    if (line.front() == '[') {
      if (empty_since > 0) {
        refuse_empty(section, empty_since, path);
      }
      section = section_of(line, path, number);
      empty_since = number;
      continue;
    }
    const std::size_t equals = line.find('=');
    const std::string_view key = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      fail(ExitCode::kConfig, "{}: line {}: expected 'name = value', not '{}'", path, number, line);
    }
    const std::string_view value = trimmed(line.substr(equals + 1));
    entries.push_back({section, std::string(key), value_of(value, path, number), number});
    empty_since = 0;
  }
  if (empty_since > 0) {
    refuse_empty(section, empty_since, path);
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
