#include "tessera/table/read_options.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "table/records/format.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {

std::vector<std::string> default_missing_markers() {
  return {"NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"};
}

std::optional<char> delimiter_of(const ReadOptions& options) {
  const std::string& text = options.delimiter;
  if (text == "auto") {
    return std::nullopt;
  }
  constexpr std::array<std::pair<std::string_view, char>, 5> kWords = {
      {{"tab", '\t'}, {"\\t", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}}};
  for (const auto& [word, character] : kWords) {
    if (text == word) {
      return character;
    }
  }
  if (text.size() != 1) {
    fail_about("delimiter", ExitCode::kUsage,
               "delimiter {}: expected a character, or auto, tab, comma, semicolon, pipe", text);
  }
  if (std::string_view("\"\r\n ").find(text[0]) != std::string_view::npos) {
    fail_about("delimiter", ExitCode::kUsage,
               "delimiter: a quote, a space or a line end cannot be a delimiter");
  }
  return text[0];
}

std::map<std::string, ColumnType> types_of(const ReadOptions& options) {
  constexpr std::array kTypes = {ColumnType::kInteger, ColumnType::kReal, ColumnType::kCategory,
                                 ColumnType::kText};
  std::map<std::string, ColumnType> types;
  for (const std::string& entry : options.types) {
    const std::size_t equals = entry.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      fail_about("types", ExitCode::kUsage, "types {}: expected COLUMN=TYPE, such as zip=text",
                 entry);
    }
    const std::string name = entry.substr(equals + 1);
    const auto* const type =
        std::ranges::find_if(kTypes, [&](ColumnType known) { return to_string(known) == name; });
    if (type == kTypes.end()) {
      fail_about("types", ExitCode::kUsage,
                 "types {}: expected one of integer, real, category, text", name);
    }
    types[entry.substr(0, equals)] = *type;
  }
  return types;
}

void check(const ReadOptions& options) {
  (void)delimiter_of(options);
  (void)types_of(options);
  (void)kind_of(options.format, "", "");
}

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tab" : fmt::format("'{}'", delimiter);
}

}  // namespace tessera::table
