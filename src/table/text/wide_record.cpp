// Records of dialects that are not plain: comments, escaped quotes, runs of blanks.
#include <algorithm>

#include "table/text/delimited.hpp"

namespace tessera::table {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

class WideParser {
 public:
  WideParser(char* begin, char* end, bool last, const Dialect& dialect, Record& record)
      : at_(begin), end_(end), last_(last), dialect_(dialect), record_(record) {}

  // Where the next record begins; null if this one is not whole.
  char* parse() {
    record_.cells.clear();
    record_.newlines = 0;
    record_.blank = false;
    record_.unclosed = false;
    record_.comment = false;
    record_.garbled_cell = 0;
    if (at_ < end_ && dialect_.comment != '\0' && *at_ == dialect_.comment) {
      return pass_comment();
    }
    bool more = true;
    while (more) {
      if (!take_field(more)) {
        return nullptr;
      }
    }
    for (const std::size_t c : escaped_) {
      unescape(record_.cells[c]);
    }
    for (std::string_view& cell : record_.cells) {
      cell = trim(cell);
    }
    if (record_.cells.empty()) {
      record_.cells.emplace_back();
    }
    record_.blank = !any_quoted_ && record_.cells.size() == 1 && record_.cells[0].empty();
    return at_;
  }

 private:
  [[nodiscard]] bool is_blank(char c) const {
    return c == ' ' || (c == '\t' && dialect_.delimiter != '\t') ||
           (c == '\r' && dialect_.is_by_blanks());
  }
  [[nodiscard]] bool ends_field(char c) const {
    return c == '\n' || c == dialect_.delimiter || (dialect_.is_by_blanks() && is_blank(c));
  }

  char* pass_comment() {
    record_.comment = true;
    char* const stop = std::find(at_, end_, '\n');
    return stop == end_ ? (last_ ? end_ : nullptr) : stop + 1;
  }

  // False if it is not whole. `more`: another one follows.
  bool take_field(bool& more) {
    char* const begin = at_;
    char* field = std::find_if_not(at_, end_, [&](char c) { return is_blank(c); });
    char* stop = nullptr;
    if (dialect_.is_by_blanks() && (field == end_ || *field == '\n')) {
      stop = field;  // blanks at the end of a line
    } else if (field < end_ && *field == '"') {
      stop = take_quoted(field + 1);
      if (stop == nullptr) {
        return false;
      }
    } else {
      stop = std::find_if(field, end_, [&](char c) { return ends_field(c); });
      record_.cells.push_back(between(dialect_.is_by_blanks() ? field : begin, stop));
    }
    if (stop == end_ && !last_) {
      return false;
    }
    more = stop != end_ && *stop != '\n';
    at_ = std::min(stop + 1, end_);
    return true;
  }

  // Behind the opening quote; the end of the field, null if it is not whole.
  char* take_quoted(char* begin) {
    any_quoted_ = true;
    bool edited = false;
    char* closing = begin;
    for (; closing < end_; ++closing) {
      const bool escapes = dialect_.escape != '\0' && *closing == dialect_.escape;
      const bool doubles = *closing == '"' && closing + 1 < end_ && closing[1] == '"';
      if (escapes || doubles) {
        edited = true;
        ++closing;
      } else if (*closing == '"') {
        break;
      }
    }
    if (closing >= end_) {
      if (!last_) {
        return nullptr;
      }
      record_.unclosed = true;
      closing = end_;
    }
    const std::string_view cell = between(begin, closing);
    record_.newlines += static_cast<std::uint64_t>(std::ranges::count(cell, '\n'));
    if (edited) {
      escaped_.push_back(record_.cells.size());
    }
    record_.cells.push_back(cell);
    char* const behind = std::min(closing + 1, end_);
    char* const stop = std::find_if(behind, end_, [&](char c) { return ends_field(c); });
    if (!trim(between(behind, stop)).empty() && record_.garbled_cell == 0) {
      record_.garbled_cell = record_.cells.size();
    }
    return stop;
  }

  // Only once the record is known to be whole, for else it is parsed again.
  void unescape(std::string_view& cell) const {
    char* const begin = const_cast<char*>(cell.data());  // it lies in the caller's buffer
    char* out = begin;
    for (std::size_t i = 0; i < cell.size(); ++i) {
      const bool more = i + 1 < cell.size();
      const bool escapes = more && dialect_.escape != '\0' && cell[i] == dialect_.escape &&
                           (cell[i + 1] == '"' || cell[i + 1] == dialect_.escape);
      i += escapes || (more && cell[i] == '"') ? 1U : 0U;
      *out++ = cell[i];
    }
    cell = between(begin, out);
  }

  char* at_;
  char* end_;
  bool last_;
  const Dialect& dialect_;
  Record& record_;
  bool any_quoted_ = false;
  std::vector<std::size_t> escaped_;  // cells in which something is escaped or doubled
};

}  // namespace

char* parse_wide_record(char* begin, char* end, bool last, const Dialect& dialect, Record& record) {
  return WideParser(begin, end, last, dialect, record).parse();
}

}  // namespace tessera::table
