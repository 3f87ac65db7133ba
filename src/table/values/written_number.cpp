#include "table/values/written_number.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "table/values/utf8.hpp"

namespace tessera::table {
namespace {

// Blanks of all kinds that group digits or stand before a unit.
constexpr std::array<std::string_view, 5> kBlanks = {" ", "\t", "\u00A0", "\u202F", "\u2009"};
constexpr std::array<std::string_view, 2> kApostrophes = {"'", "\u2019"};
constexpr std::array<std::string_view, 2> kMinuses = {"-", "\u2212"};

// Longer ones before those that they begin with.
constexpr std::array<std::string_view, 55> kUnits = {
    "US$", "R$",  "$",   "€",   "£",   "¥",   "₹",   "₽", "₩",   "₺",   "₴",
    "₫",   "₪",   "₱",   "฿",   "%",   "EUR", "USD", "GBP", "CHF", "JPY", "CNY",
    "INR", "RUB", "KRW", "TRY", "UAH", "BRL", "CAD", "AUD", "NZD", "SEK", "NOK",
    "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "MXN", "ARS", "CLP", "COP",
    "ZAR", "SGD", "HKD", "TWD", "THB", "IDR", "Fr.", "kr",  "zł",  "Kč",  "Ft"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What is left of a cell while units, brackets and signs are taken off both ends.
class Peeled {
 public:
  explicit Peeled(std::string_view text) : text_(text) {}

  /// False if one stands there twice.
  bool peel(std::string& unit) {
    while (true) {
      trim();
      if (peel_unit(unit)) {
        if (twice_) {
          return false;
        }
      } else if (!peel_sign()) {
        return !text_.empty() && negatives_ <= 1;
      }
    }
  }

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool negative() const { return negatives_ > 0; }

 private:
  void trim() {
    for (bool again = true; again;) {
      again = false;
      for (const std::string_view blank : kBlanks) {
        again = take_front(blank) || take_back(blank) || again;
      }
    }
  }

  bool peel_unit(std::string& unit) {
    const auto is_plain = [](char c) { return is_digit(c) || c == '-' || c == '(' || c == ')'; };
    if (text_.empty() || (is_plain(text_.front()) && is_plain(text_.back()))) {
      return false;
    }
    for (const std::string_view known : kUnits) {
      // a percent sign never stands in front
      if ((known != "%" && take_front(known)) || take_back(known)) {
        twice_ = !unit.empty();
        unit = known;
        return true;
      }
    }
    return false;
  }

  bool peel_sign() {
    if (text_.size() > 2 && text_.front() == '(' && text_.back() == ')') {
      text_ = text_.substr(1, text_.size() - 2);
      ++negatives_;
      return true;
    }
    for (const std::string_view minus : kMinuses) {
      if (take_front(minus) || take_back(minus)) {
        ++negatives_;
        return true;
      }
    }
    return false;
  }

  bool take_front(std::string_view what) {
    const bool found = text_.starts_with(what);
    text_.remove_prefix(found ? what.size() : 0);
    return found;
  }
  bool take_back(std::string_view what) {
    const bool found = text_.ends_with(what);
    text_.remove_suffix(found ? what.size() : 0);
    return found;
  }

  std::string_view text_;
  int negatives_ = 0;
  bool twice_ = false;
};

/// The separator that a text begins with, or nothing.
std::string_view separator_at(std::string_view text, std::string_view mark) {
  const auto begins = [&](std::string_view separator) { return text.starts_with(separator); };
  if (begins(mark)) {
    return mark;
  }
  if (const auto* blank = std::ranges::find_if(kBlanks, begins); blank != kBlanks.end()) {
    return *blank;
  }
  const auto* apostrophe = std::ranges::find_if(kApostrophes, begins);
  return apostrophe != kApostrophes.end() ? *apostrophe : std::string_view();
}

/// "1.234,50" as "1234.50"; nothing if the digits are not grouped by threes, or not the same way.
std::optional<std::string> plain(std::string_view text, char point, std::string_view group_mark,
                                 bool zeros_allowed) {
  std::string digits;
  std::string_view separator;
  std::size_t group = 0;
  while (!text.empty() && text.front() != point) {
    if (is_digit(text.front())) {
      digits += text.front();
      text.remove_prefix(1);
      ++group;
      continue;
    }
    const std::string_view found = separator_at(text, group_mark);
    const bool first = separator.empty();
    if (found.empty() ||
        (first ? group == 0 || group > 3 || digits[0] == '0' : group != 3 || found != separator)) {
      return std::nullopt;
    }
    separator = found;
    text.remove_prefix(found.size());
    group = 0;
  }
  if ((!separator.empty() && group != 3) ||
      (digits.size() > 1 && digits[0] == '0' && !zeros_allowed)) {
    return std::nullopt;
  }
  if (!text.empty()) {
    const std::string_view fraction = text.substr(1);
    if (fraction.empty() || !std::ranges::all_of(fraction, is_digit)) {
      return std::nullopt;
    }
    (digits += '.') += fraction;
  }
  return digits.empty() ? std::nullopt : std::optional(std::move(digits));
}

bool is_letter(char c) {
  const auto lower = static_cast<unsigned char>(c) | 0x20U;
  return lower >= 'a' && lower <= 'z';
}

/// False for almost all that is no number, at a glance.
bool may_be_written(std::string_view cell) {
  if (cell.empty() || cell.size() > kLongestWritten) {
    return false;
  }
  if (is_letter(cell.front())) {  // a unit, and then something else
    const auto letters =
        static_cast<std::size_t>(std::ranges::find_if_not(cell, is_letter) - cell.begin());
    if (letters > 3 || letters == cell.size() || (letters == 1 && cell[1] != '$')) {
      return false;
    }
  }
  return std::ranges::any_of(cell, is_digit);
}

Number number_of(const Peeled& peeled, Decimal decimal, bool zeros_allowed) {
  const bool point = decimal == Decimal::kPoint;
  const std::optional<std::string> digits =
      plain(peeled.text(), point ? '.' : ',', point ? "," : ".", zeros_allowed);
  return digits ? parse_number(peeled.negative() ? "-" + *digits : *digits) : Number{};
}

}  // namespace

Number parse_written(std::string_view cell, Decimal decimal, bool zeros_allowed,
                     std::string& unit) {
  unit.clear();
  if (!may_be_written(cell)) {
    return {};
  }
  std::string converted;
  Peeled peeled(utf8_of(cell, converted));
  return peeled.peel(unit) ? number_of(peeled, decimal, zeros_allowed) : Number{};
}

unsigned readings_of(std::string_view cell) {
  std::string unit;
  return readings_of(cell, unit);
}

unsigned readings_of(std::string_view cell, std::string& unit) {
  unit.clear();
  if (!may_be_written(cell)) {
    return 0;
  }
  std::string converted;
  Peeled peeled(utf8_of(cell, converted));
  if (!peeled.peel(unit)) {
    return 0;
  }
  unsigned readings = 0;
  for (const Decimal decimal : {Decimal::kPoint, Decimal::kComma}) {
    if (number_of(peeled, decimal, false).kind != NumberKind::kNone) {
      readings |= reading_of(decimal);
    }
  }
  return readings;
}

bool is_listed_mark(std::string_view cell) {
  constexpr std::array<std::string_view, 19> kMarks = {
      "-",       "--",    "---",    ".",     "..",  "\u2013", "\u2014", "#N/A", "#NULL!", "#DIV/0!",
      "#VALUE!", "#REF!", "#NAME?", "#NUM!", "\\N", "n/a",    "N.A.",   "n.a.", "<NA>"};
  return std::ranges::find(kMarks, cell) != kMarks.end();
}

}  // namespace tessera::table
