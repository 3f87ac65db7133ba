#include "table/text/delimited.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "table/values/utf8.hpp"

namespace tessera::table {
namespace {

// First of two characters in [at, end), else end: eight bytes at a time. A byte of x is zero where
// the high bit of (x - 0x01..01) & ~x & 0x80..80 is set, exactly so for the lowest such byte.
char* find_either(char* at, char* end, char a, char b) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  const std::uint64_t all_a = kOnes * static_cast<unsigned char>(a);
  const std::uint64_t all_b = kOnes * static_cast<unsigned char>(b);
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    const std::uint64_t with_a = word ^ all_a;
    const std::uint64_t with_b = word ^ all_b;
    const std::uint64_t hits =
        (((with_a - kOnes) & ~with_a) | ((with_b - kOnes) & ~with_b)) & kHighs;
    if (hits != 0) {
      return at + std::countr_zero(hits) / 8;
    }
    at += 8;
  }
  while (at < end && *at != a && *at != b) {
    ++at;
  }
  return at;
}

bool is_ascii_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The closing quote of the cell that starts at `at`; null if it is not before `end`. One at the
// very end may prove to be the first half of a doubled one: then the record is not whole either.
char* find_closing(char* at, char* end, bool& doubled) {
  while (true) {
    char* quote = static_cast<char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
    if (quote == nullptr || quote + 1 == end || quote[1] != '"') {
      return quote;
    }
    doubled = true;
    at = quote + 2;
  }
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// Only once a record is known to be whole, for else it is parsed again.
void undouble(std::string_view& cell) {
  // The cell lies in the caller's buffer, which is writable.
  char* const begin = const_cast<char*>(cell.data());
  char* out = begin;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    *out++ = cell[i];
    if (cell[i] == '"') {
      ++i;
    }
  }
  cell = between(begin, out);
}

bool ends_with_latin1_no_break_space(std::string_view cell) {
  return cell.ends_with('\xA0') && !ends_with_whole_utf8_character(cell);
}

}  // namespace

std::string_view trim(std::string_view cell) {
  if (is_trimmed(cell)) {
    return cell;
  }
  while (!cell.empty()) {
    if (is_ascii_blank(cell.front()) || cell.front() == '\xA0') {
      cell.remove_prefix(1);
    } else if (cell.starts_with("\xC2\xA0")) {
      cell.remove_prefix(2);
    } else {
      break;
    }
  }
  while (!cell.empty()) {
    if (cell.ends_with("\xC2\xA0")) {
      cell.remove_suffix(2);
    } else if (is_ascii_blank(cell.back()) || ends_with_latin1_no_break_space(cell)) {
      cell.remove_suffix(1);
    } else {
      break;
    }
  }
  return cell;
}

char* parse_record(char* begin, char* end, bool last, char delimiter, Record& record) {
  record.cells.clear();
  record.newlines = 0;
  record.unclosed = false;
  record.garbled_cell = 0;
  bool any_quoted = false;
  // Cells with doubled quotes are rare: their numbers are kept aside.
  thread_local std::vector<std::size_t> doubled_cells;
  doubled_cells.clear();

  char* at = begin;
  while (true) {
    char* field = at;
    while (field < end && (*field == ' ' || *field == '\t') && *field != delimiter) {
      ++field;
    }
    char* stop = nullptr;
    if (field < end && *field == '"') {
      any_quoted = true;
      bool doubled = false;
      char* closing = find_closing(field + 1, end, doubled);
      if (closing == nullptr) {
        if (!last) {
          return nullptr;
        }
        record.unclosed = true;
        closing = end;
      }
      const std::string_view cell = between(field + 1, closing);
      record.newlines += static_cast<std::uint64_t>(std::ranges::count(cell, '\n'));
      if (doubled) {
        doubled_cells.push_back(record.cells.size());
      }
      record.cells.push_back(cell);
      char* behind = std::min(closing + 1, end);
      stop = find_either(behind, end, delimiter, '\n');
      if (!trim(between(behind, stop)).empty() && record.garbled_cell == 0) {
        record.garbled_cell = record.cells.size();
      }
    } else {
      stop = find_either(field, end, delimiter, '\n');
      record.cells.push_back(between(at, stop));
    }
    if (stop == end && !last) {
      return nullptr;
    }
    at = std::min(stop + 1, end);
    if (stop == end || *stop == '\n') {
      break;
    }
  }
  for (const std::size_t c : doubled_cells) {
    undouble(record.cells[c]);
  }
  for (std::string_view& cell : record.cells) {
    cell = trim(cell);
  }
  record.blank = !any_quoted && record.cells.size() == 1 && record.cells[0].empty();
  return at;
}

}  // namespace tessera::table
