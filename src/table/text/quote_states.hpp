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

#include "table/text/dialect.hpp"

namespace tessera::table {

enum class QuoteState : std::uint8_t {
  kField,    ///< before the first character of a field; blanks may have been read
  kPlain,    ///< in an unquoted field, or behind a quoted one
  kQuoted,   ///< in a quoted field
  kClosing,  ///< behind a quote in a quoted field: its end, or the first half of a doubled quote
  // of dialects that are not plain
  kEscaped,  ///< behind an escape in a quoted field
  kRecord,   ///< where there may be comments: before the first character of a line
  kComment,  ///< in such a line
};
inline constexpr std::size_t kQuoteStates = 7;

/// A function from states to states, three bits per state.
class QuoteMap {
 public:
  constexpr QuoteMap() = default;
  explicit constexpr QuoteMap(std::uint32_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr QuoteState operator()(QuoteState state) const {
    return static_cast<QuoteState>((bits_ >> (3 * static_cast<unsigned>(state))) & 7U);
  }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }

  using States = std::array<QuoteState, kQuoteStates>;
  [[nodiscard]] static constexpr QuoteMap of(const States& to) {
    std::uint32_t bits = 0;
    for (unsigned s = 0; s < kQuoteStates; ++s) {
      bits |= static_cast<std::uint32_t>(to[s]) << (3 * s);
    }
    return QuoteMap(bits);
  }

  /// First this, then `next`.
  [[nodiscard]] constexpr QuoteMap then(QuoteMap next) const {
    States to{};
    for (unsigned s = 0; s < kQuoteStates; ++s) {
      to[s] = next((*this)(static_cast<QuoteState>(s)));
    }
    return of(to);
  }

 private:
  std::uint32_t bits_ = 0b110'101'100'011'010'001'000;  // identity
};

/// The rules of quoting of one dialect.
class QuoteRules {
 public:
  explicit QuoteRules(const Dialect& dialect);

  /// Where a record begins.
  [[nodiscard]] QuoteState start() const { return start_; }
  [[nodiscard]] static bool is_within_quotes(QuoteState state) {
    return state == QuoteState::kQuoted || state == QuoteState::kEscaped;
  }
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
  static constexpr std::size_t kClasses = 7;
  static constexpr std::size_t kPlainClasses = 5;

  [[nodiscard]] std::size_t class_of(char c) const {
    return classes_[static_cast<unsigned char>(c)];
  }
  [[nodiscard]] QuoteMap walk(std::string_view text) const;
  [[nodiscard]] QuoteMap walk_all(std::string_view text) const;

  Dialect dialect_;
  QuoteState start_;
  std::array<std::uint8_t, 256> classes_{};
  std::array<QuoteMap, kClasses> steps_;
  // Of plain dialects, whose four states need two bits each: composed_[c][m] is map m, then the
  // step of class c.
  std::array<std::array<std::uint8_t, 256>, kPlainClasses> composed_{};
};

}  // namespace tessera::table
