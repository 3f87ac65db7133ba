// Rows of delimited text, built up in memory. Private to src/table.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/table/text/csv.hpp"

namespace tessera::table {

/// Cells one after the other, and end_row() behind the last of a row. Memory is kept from one use
/// to the next.
class CsvRows {
 public:
  /// In quotes where it needs them.
  void text(std::string_view cell) {
    char* const at = next_cell(longest_csv(cell));
    end_ = write_csv(at, cell);
  }

  /// The same with an apostrophe in front, if a spreadsheet would take the cell for a formula: the
  /// beginnings that OWASP lists under "CSV Injection".
  void guarded_text(std::string_view cell) {
    constexpr std::string_view kBeginnings = "=+-@\t\r\n";
    if (cell.empty() || kBeginnings.find(cell.front()) == std::string_view::npos) {
      text(cell);
    } else {
      text(std::string(1, '\'').append(cell));
    }
  }

  /// The shortest text that reads back as the same number.
  template <typename Number>
  void number(Number value) {
    char* const at = next_cell(kLongestNumber);
    end_ = std::to_chars(at, at + kLongestNumber, value).ptr;
  }

  /// With so many digits behind the point; nothing for NaN.
  void fixed(double value, int decimals) {
    char* const at = next_cell(kLongestFixed);
    if (std::isnan(value)) {
      return;
    }
    end_ =
        decimals == 0
            ? std::to_chars(at, at + kLongestFixed, static_cast<std::int64_t>(value)).ptr
            : std::to_chars(at, at + kLongestFixed, value, std::chars_format::fixed, decimals).ptr;
  }

  void end_row() {
    reserve(1);
    *end_++ = '\n';
    is_first_ = true;
  }

  /// Valid until the next cell.
  [[nodiscard]] std::string_view view() const { return {memory_.data(), end_}; }
  void clear() {
    end_ = memory_.data();
    is_first_ = true;
  }

 private:
  static constexpr std::size_t kLongestNumber = 32;
  static constexpr std::size_t kLongestFixed = 400;  // the largest double has 309 digits

  void reserve(std::size_t bytes) {
    const auto used = static_cast<std::size_t>(end_ - memory_.data());
    if (used + bytes > memory_.size()) {
      memory_.resize(2 * (used + bytes));
      end_ = memory_.data() + used;
    }
  }

  /// Where a cell of at most so many bytes goes.
  char* next_cell(std::size_t bytes) {
    reserve(bytes + 1);
    if (!is_first_) {
      *end_++ = ',';
    }
    is_first_ = false;
    return end_;
  }

  std::vector<char> memory_ = std::vector<char>(1024);
  char* end_ = memory_.data();
  bool is_first_ = true;
};

}  // namespace tessera::table
