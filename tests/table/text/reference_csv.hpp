// A plain reader of delimited text, one character at a time over the whole text, to compare with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera::table {

struct ReferenceRecord {
  std::uint64_t line = 1;
  std::vector<std::string> cells;
  bool garbled = false;  // text behind a closing quote
};

struct ReferenceText {
  std::vector<ReferenceRecord> records;  // without blank ones
  std::optional<std::uint64_t> unclosed_line;
};

inline std::string reference_trim(const std::string& cell) {
  const char* blanks = " \t\r\n";
  const std::size_t first = cell.find_first_not_of(blanks);
  return first == std::string::npos ? ""
                                    : cell.substr(first, cell.find_last_not_of(blanks) - first + 1);
}

struct ReferenceDialect {
  char delimiter = ',';  // a space: runs of blanks
  char escape = '\0';
  char comment = '\0';
};

inline ReferenceText reference_parse(const std::string& text, const ReferenceDialect& dialect) {
  ReferenceText result;
  const bool by_blanks = dialect.delimiter == ' ';
  const auto is_blank = [&](char c) {
    return c == ' ' || (c == '\t' && dialect.delimiter != '\t') || (c == '\r' && by_blanks);
  };
  const auto ends_field = [&](char c) {
    return c == '\n' || c == dialect.delimiter || (by_blanks && is_blank(c));
  };
  std::size_t i = 0;
  std::uint64_t line = 1;
  while (i < text.size()) {
    if (dialect.comment != '\0' && text[i] == dialect.comment) {
      i = std::min(text.find('\n', i), text.size() - 1) + 1;
      ++line;
      continue;
    }
    ReferenceRecord record;
    record.line = line;
    bool quoted_any = false;
    for (bool more = true; more;) {
      std::string cell;
      std::size_t j = i;
      while (j < text.size() && is_blank(text[j])) {
        ++j;
      }
      if (by_blanks) {
        i = j;
        if (i == text.size() || text[i] == '\n') {
          ++i;
          break;
        }
      }
      const std::uint64_t quote_line = line;
      if (j < text.size() && text[j] == '"') {
        quoted_any = true;
        for (i = j + 1;; ++i) {
          if (i < text.size() && dialect.escape != '\0' && text[i] == dialect.escape &&
              i + 1 < text.size()) {
            ++i;
            if (text[i] != '"' && text[i] != dialect.escape) {
              cell += dialect.escape;
            }
          } else if (i < text.size() && text[i] == '"') {
            if (i + 1 < text.size() && text[i + 1] == '"') {
              ++i;
            } else {
              ++i;
              break;
            }
          }
          if (i >= text.size() || (text[i] == dialect.escape && i + 1 == text.size() &&
                                   dialect.escape != '\0' && text[i - 1] != dialect.escape)) {
            result.unclosed_line = quote_line;
            return result;
          }
          line += text[i] == '\n' ? 1U : 0U;
          cell += text[i];
        }
        std::string behind;
        while (i < text.size() && !ends_field(text[i])) {
          behind += text[i++];
        }
        record.garbled = record.garbled || !reference_trim(behind).empty();
      } else {
        while (i < text.size() && !ends_field(text[i])) {
          cell += text[i++];
        }
      }
      record.cells.push_back(reference_trim(cell));
      more = i < text.size() && text[i] != '\n';
      ++i;
    }
    ++line;
    if (quoted_any || record.cells.size() > 1 ||
        (record.cells.size() == 1 && !record.cells[0].empty())) {
      result.records.push_back(record);
    }
  }
  return result;
}

}  // namespace tessera::table
