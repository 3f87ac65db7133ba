/// \file
/// Where a byte range of a delimited file starts: in a field, in a quoted field, ...? Private to
/// src/table.
///
/// A quote changes the meaning of everything behind it, so a range cannot be understood without all
/// that precedes it. But a range maps each possible state at its start to a state at its end, and
/// such maps compose: every rank finds the map of its range, and the maps of the lower ranks give
/// the state in which its own range starts.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tessera::table {

enum class QuoteState : std::uint8_t {
  kField,    ///< before the first character of a field; blanks may have been read
  kPlain,    ///< in an unquoted field, or behind a quoted one
  kQuoted,   ///< in a quoted field
  kClosing,  ///< behind a quote in a quoted field: its end, or the first half of a doubled quote
};

/// A function from states to states, two bits per state.
class QuoteMap {
 public:
  constexpr QuoteMap() = default;
  explicit constexpr QuoteMap(std::uint8_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr QuoteState operator()(QuoteState state) const {
    return static_cast<QuoteState>((bits_ >> (2 * static_cast<unsigned>(state))) & 3U);
  }
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }

  [[nodiscard]] static constexpr QuoteMap of(const std::array<QuoteState, 4>& to) {
    unsigned bits = 0;
    for (unsigned s = 0; s < 4; ++s) {
      bits |= static_cast<unsigned>(to[s]) << (2 * s);
    }
    return QuoteMap(static_cast<std::uint8_t>(bits));
  }

  /// First this, then `next`.
  [[nodiscard]] constexpr QuoteMap then(QuoteMap next) const {
    std::array<QuoteState, 4> to{};
    for (unsigned s = 0; s < 4; ++s) {
      to[s] = next((*this)(static_cast<QuoteState>(s)));
    }
    return of(to);
  }

 private:
  std::uint8_t bits_ = 0b11'10'01'00;  // identity
};

/// The rules of quoting for one delimiter.
class QuoteRules {
 public:
  explicit QuoteRules(char delimiter);

  [[nodiscard]] QuoteState next(QuoteState state, char c) const {
    return steps_[class_of(c)](state);
  }

  /// The map of `text`, one table lookup per byte from the first quote on.
  [[nodiscard]] QuoteMap map_of(std::string_view text) const;
  /// The map of a text without quotes, of which almost nothing is read.
  [[nodiscard]] QuoteMap map_without_quotes(std::string_view text) const;

  /// Bytes of a text that begins with a record up to the end of the last record that ends in it.
  [[nodiscard]] std::size_t whole_records(std::string_view text) const;

 private:
  static constexpr std::size_t kClasses = 5;

  [[nodiscard]] std::size_t class_of(char c) const {
    return classes_[static_cast<unsigned char>(c)];
  }
  [[nodiscard]] QuoteMap walk(QuoteMap map, std::string_view text) const;

  char delimiter_;
  std::array<std::uint8_t, 256> classes_{};
  std::array<QuoteMap, kClasses> steps_;
  // composed_[c][m]: map m, then the step of class c
  std::array<std::array<QuoteMap, 256>, kClasses> composed_;
};

}  // namespace tessera::table
