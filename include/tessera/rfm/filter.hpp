/// \file
/// Tests of a table's rows: `Quantity > 0`, `InvoiceNo !^= C`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::rfm {

/// How a cell is compared.
enum class Comparison : std::uint8_t {
  kEqual,         ///< =
  kNotEqual,      ///< !=
  kLess,          ///< <
  kLessEqual,     ///< <=
  kGreater,       ///< >
  kGreaterEqual,  ///< >=
  kBegins,        ///< ^=
  kBeginsNot,     ///< !^=
};

/// One test. Numbers are compared with numbers, dates with a date
/// (2024-01-31, its midnight, or with a time, or 20240131), texts byte by byte; `^=` looks at any
/// cell as text. A missing cell passes `!=` and `!^=` and no other test, but for a test with an
/// empty value, which is what a missing cell is equal to.
class Filter {
 public:
  /// `text` is COLUMN OP VALUE, blanks around OP or not. Where several columns could be meant, the
  /// one with the longest name is; single or double quotes around VALUE are taken off. `dates`: the
  /// column of the transactions' dates. Keeps a reference to the table. Throws kUsage about `where`
  /// for what is no such test, or compares what cannot be compared; kBadData if there is no such
  /// column.
  Filter(const table::Table& table, const std::string& text,
         std::optional<std::size_t> dates = std::nullopt);

  /// As it was given.
  [[nodiscard]] const std::string& text() const { return text_; }

  /// Sets keep[i] to 0 where row first + i fails, and returns of how many it was not 0 before.
  /// `seconds`: the dates of these rows, kNoDate where missing.
  [[nodiscard]] std::uint64_t apply(std::uint64_t first, std::span<const std::int64_t> seconds,
                                    std::span<std::uint8_t> keep);
  static constexpr std::int64_t kNoDate = std::numeric_limits<std::int64_t>::min();

 private:
  void take_value(std::string_view value);
  void take_date(std::string_view value);
  [[nodiscard]] bool passes(double number) const;
  [[nodiscard]] bool passes_date(std::int64_t seconds) const;
  [[nodiscard]] bool passes(std::string_view cell) const;

  const table::Table& table_;
  std::string text_;
  std::size_t column_ = 0;
  Comparison comparison_ = Comparison::kEqual;
  std::string value_;
  double number_ = 0;            // the value, where numbers are compared
  bool is_number_ = false;       // numbers are compared
  std::int64_t date_ = kNoDate;  // likewise
  bool is_date_ = false;
  bool is_own_ = false;               // a column of dates other than the transactions'
  std::vector<std::uint8_t> levels_;  // of a category: which of them pass
  std::vector<double> numbers_;
  std::vector<std::int32_t> codes_;
};

/// Throws kUsage about `where` if a text has none of the operators.
void check_filter(std::string_view text);

}  // namespace tessera::rfm
