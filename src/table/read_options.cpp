#include "tessera/table/read_options.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "table/records/format.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::table {

std::vector<std::string> default_missing_markers() {
  return {"NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "#N/A", "?", "<NA>", "\\N"};
}

std::optional<char> delimiter_of(const ReadOptions& options) {
  const std::string& text = options.delimiter;
  if (text == "auto") {
    return std::nullopt;
  }
  constexpr std::array<std::pair<std::string_view, char>, 6> kWords = {{{"whitespace", ' '},
                                                                        {"tab", '\t'},
                                                                        {"\\t", '\t'},
                                                                        {"comma", ','},
                                                                        {"semicolon", ';'},
                                                                        {"pipe", '|'}}};
  for (const auto& [word, character] : kWords) {
    if (text == word) {
      return character;
    }
  }
  if (text.size() != 1) {
    fail_about(
        "delimiter", ExitCode::kUsage,
        "delimiter {}: expected a character, or auto, tab, comma, semicolon, pipe, whitespace",
        text);
  }
  if (std::string_view("\"\r\n ").find(text[0]) != std::string_view::npos) {
    fail_about(
        "delimiter", ExitCode::kUsage,
        "delimiter: a quote, a space or a line end cannot be a delimiter (but runs of spaces "
        "and tabs can: whitespace)");
  }
  return text[0];
}

namespace {

// "skip lines" of skip_lines
std::string words_of(std::string_view field) {
  std::string words(field);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::optional<std::uint64_t> lines_of(std::string_view field, const std::string& text,
                                      std::uint64_t least) {
  std::uint64_t lines = 0;
  if (text == "auto") {
    return std::nullopt;
  }
  if (text.starts_with('-') || !read_field(lines, text) || lines < least) {
    fail_about(field, ExitCode::kUsage, "{} {}: expected auto, or a number of lines from {} on",
               words_of(field), text, least);
  }
  return lines;
}

std::optional<char> mark_of(std::string_view field, const std::string& text,
                            const ReadOptions& options) {
  if (text == "auto") {
    return std::nullopt;
  }
  if (text == "none") {
    return '\0';
  }
  constexpr std::string_view kTaken = "\"\r\n\t ";
  if (text.size() != 1 || kTaken.find(text[0]) != std::string_view::npos ||
      delimiter_of(options) == text[0]) {
    fail_about(field, ExitCode::kUsage,
               "{} {}: expected auto, none, or a character that is neither the delimiter, a quote "
               "nor a blank",
               field, text);
  }
  return text[0];
}

void check_names(const ReadOptions& options) {
  std::set<std::string_view> known;
  for (const std::string& name : options.names) {
    if (!known.insert(name).second) {
      fail_about("names", ExitCode::kUsage, "names: '{}' stands there twice", name);
    }
  }
}

}  // namespace

std::optional<char> escape_of(const ReadOptions& options) {
  return mark_of("escape", options.escape, options);
}

std::optional<char> comment_of(const ReadOptions& options) {
  const std::optional<char> comment = mark_of("comment", options.comment, options);
  if (comment && *comment != '\0' && comment == escape_of(options)) {
    fail_about("comment", ExitCode::kUsage, "comment {}: it is the escape, too", *comment);
  }
  return comment;
}

std::optional<std::uint64_t> skip_lines_of(const ReadOptions& options) {
  return lines_of("skip_lines", options.skip_lines, 0);
}

std::optional<std::uint64_t> header_lines_of(const ReadOptions& options) {
  return lines_of("header_lines", options.header_lines, 1);
}

std::map<std::string, ColumnType> types_of(const ReadOptions& options) {
  constexpr std::array kTypes = {ColumnType::kInteger, ColumnType::kReal, ColumnType::kCategory,
                                 ColumnType::kText, ColumnType::kDate};
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
                 "types {}: expected one of integer, real, category, text, date", name);
    }
    types[entry.substr(0, equals)] = *type;
  }
  return types;
}

ReadOptions ReadOptions::with_ids(std::vector<std::string> columns) const {
  ReadOptions options = *this;
  std::erase(columns, "");
  options.ids = std::move(columns);
  return options;
}

DateFormats date_formats_of(const ReadOptions& options) {
  DateFormats formats;
  const auto types = types_of(options);
  for (const std::string& entry : options.date_format) {
    const std::size_t equals = entry.rfind('=');
    if (equals != std::string::npos && equals > 0) {
      const std::string name = entry.substr(0, equals);
      const auto type = types.find(name);
      if (type != types.end() && type->second != ColumnType::kDate) {
        fail_about("date_format", ExitCode::kUsage, "date format {}: '{}' is stated to be {}",
                   entry, name, to_string(type->second));
      }
      formats.columns.insert_or_assign(name, DateFormat::stated(entry.substr(equals + 1)));
      continue;
    }
    if (formats.all) {
      fail_about("date_format", ExitCode::kUsage,
                 "date format {}: there is another one for all columns; say COLUMN=FORMAT", entry);
    }
    formats.all = DateFormat::stated(entry);
    if (formats.all->looks_like_numbers()) {
      fail_about("date_format", ExitCode::kUsage,
                 "date format {}: such dates are numbers too; say which column holds them, as "
                 "COLUMN={}",
                 entry, entry);
    }
  }
  return formats;
}

void check(const ReadOptions& options) {
  io::check_encoding(options.encoding);
  (void)delimiter_of(options);
  (void)types_of(options);
  (void)comment_of(options);
  (void)escape_of(options);
  (void)date_formats_of(options);
  (void)skip_lines_of(options);
  if (header_lines_of(options) && options.header == Header::kNo) {
    fail_about("header_lines", ExitCode::kUsage,
               "header lines: it is stated that there is no header");
  }
  check_names(options);
  (void)kind_of(options.format, "", "");
}

void refuse_options(const ReadOptions& options, const std::vector<std::string_view>& fields,
                    const std::string& why) {
  const ReadOptions usual;
  std::vector<std::string> texts;
  visit_fields(usual,
               [&](const auto& member, const Field&) { texts.push_back(field_text(member)); });
  auto next = texts.begin();
  visit_fields(options, [&](const auto& member, const Field& field) {
    const bool asked = fields.empty() || std::ranges::find(fields, field.name) != fields.end();
    if (field_text(member) != *next++ && asked) {
      fail_about(field.name, ExitCode::kUsage, "{} {}: {}", words_of(field.name),
                 field_text(member), why);
    }
  });
}

std::string delimiter_name(char delimiter) {
  return delimiter == '\t'  ? "tab"
         : delimiter == ' ' ? "whitespace"
                            : fmt::format("'{}'", delimiter);
}

}  // namespace tessera::table
