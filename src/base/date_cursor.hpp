/// \file
/// Takes the parts of a date off the front of a text. Private to src/base.
#pragma once

#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tessera {

[[nodiscard]] inline std::int64_t seconds_of(std::int64_t hours, std::int64_t minutes,
                                             std::int64_t seconds = 0) {
  return hours * 3600 + minutes * 60 + seconds;
}

class DateCursor {
 public:
  explicit DateCursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  /// Each takes what it names, if it stands here.
  bool take(char c) {
    const bool found = !rest_.empty() && rest_.front() == c;
    rest_.remove_prefix(found ? 1 : 0);
    return found;
  }
  bool take_blanks() {
    const std::size_t before = rest_.size();
    while (take(' ') || take('\t')) {
    }
    return rest_.size() < before;
  }
  /// Whatever the case.
  bool take_word(std::string_view lower_case) {
    if (rest_.size() < lower_case.size()) {
      return false;
    }
    for (std::size_t i = 0; i < lower_case.size(); ++i) {
      if (std::tolower(static_cast<unsigned char>(rest_[i])) != lower_case[i]) {
        return false;
      }
    }
    rest_.remove_prefix(lower_case.size());
    return true;
  }
  /// A number of all the digits here, of which there are so many.
  [[nodiscard]] std::optional<unsigned> number(std::size_t least, std::size_t most) {
    unsigned value = 0;
    std::size_t size = 0;
    while (size < rest_.size() && size < most && is_digit(rest_[size])) {
      value = value * 10 + static_cast<unsigned>(rest_[size++] - '0');
    }
    if (size < least || (size < rest_.size() && size == most && is_digit(rest_[size]))) {
      return std::nullopt;
    }
    rest_.remove_prefix(size);
    return value;
  }
  /// A number of as many digits, whatever follows.
  [[nodiscard]] std::optional<unsigned> packed(std::size_t digits) {
    const std::string_view behind = rest_.substr(rest_.size() < digits ? rest_.size() : digits);
    rest_ = rest_.substr(0, digits);
    const auto value = number(digits, digits);
    rest_ = behind;
    return value;
  }
  /// Digits of a fraction, which mean nothing; false if there is none.
  bool take_fraction() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && is_digit(rest_.front())) {
      rest_.remove_prefix(1);
    }
    return rest_.size() < before;
  }
  /// By how many seconds the zone here is ahead of UTC: "Z", "UTC", "GMT", "+02:00", "-0530",
  /// "+02".
  [[nodiscard]] std::optional<std::int64_t> zone() {
    if (take_word("z") || take_word("utc") || take_word("gmt")) {
      return 0;
    }
    const bool behind = front() == '-';
    if (!take('+') && !take('-')) {
      return std::nullopt;
    }
    const auto hours = packed(2);
    const bool colon = take(':');
    const auto minutes = !colon && at_end() ? std::optional(0U) : packed(2);
    if (!hours || *hours > 14 || !minutes || *minutes > 59) {
      return std::nullopt;
    }
    const auto ahead = seconds_of(*hours, *minutes);
    return behind ? -ahead : ahead;
  }
  /// 1 if PM, 0 if AM.
  [[nodiscard]] std::optional<unsigned> half_of_day() {
    for (const auto& [word, half] :
         {std::pair("am", 0U), std::pair("pm", 1U), std::pair("a.m.", 0U), std::pair("p.m.", 1U)}) {
      if (take_word(word)) {
        return half;
      }
    }
    return std::nullopt;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

/// The hour of 24 that a clock of twelve means; nothing if there is none.
[[nodiscard]] inline std::optional<unsigned> hour_of(unsigned hour, std::optional<unsigned> half) {
  if (!half) {
    return hour < 24 ? std::optional(hour) : std::nullopt;
  }
  return hour >= 1 && hour <= 12 ? std::optional(hour % 12 + *half * 12) : std::nullopt;
}

}  // namespace tessera
