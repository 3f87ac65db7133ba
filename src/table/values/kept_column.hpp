/// \file
/// The cells of a column as the first pass understood them, kept so that their text need not be
/// read again. Private to src/table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "table/values/column_form.hpp"
#include "table/values/column_sink.hpp"
#include "table/values/distinct.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// As long as a column has few distinct cells, their numbers are kept; then its numbers, or its
/// text. What was kept for one type may not do for another, which serves() tells.
class KeptColumn {
 public:
  /// Number of a cell in the dictionary, plus one; 0 where missing.
  using Code = std::uint16_t;
  static_assert(kMaxLevels < UINT16_MAX);

  KeptColumn() = default;
  /// One of so many.
  explicit KeptColumn(std::size_t columns) : few_columns_(columns <= kFewColumns) {}

  /// The next rows. At most kPieceRows at once.
  void add_codes(std::span<const Code> codes) { append(codes); }
  /// kMissingInteger where missing.
  void add_integers(std::span<const std::int64_t> values) { append(values); }
  /// NaN where missing.
  void add_reals(std::span<const double> values) { append(values); }
  /// UTF-8; empty where missing.
  void add_text(std::string_view text);

  /// What the codes stand for.
  void set_dictionary(DistinctSet cells) { dictionary_ = std::move(cells); }

  /// Of memory.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// What the values take where each stands for itself.
  [[nodiscard]] std::size_t unfolded_bytes() const { return bytes_ + folded_bytes_; }

  /// True if write() can give all kept rows as values of `type`.
  [[nodiscard]] bool serves(ColumnType type) const;

  /// Hands on all kept rows as text, empty where missing, some at once; only if it serves(kText).
  void for_each_text(const std::function<void(std::span<const std::string_view>)>& take) const;

  /// Hands on all kept rows, as the first of column number `column`, which is to be as `wanted`;
  /// `form`: how its cells are written.
  void write(ColumnSink& sink, std::size_t column, const Column& wanted,
             const ColumnForm& form) const;

  static constexpr std::size_t kPieceRows = 16384;  ///< added, or handed on, at once

 private:
  // Memory is cheaper by the huge page, but many columns are not to take much more than they need.
  static constexpr std::size_t kSmallestPiece = std::size_t{32} << 10U;
  static constexpr std::size_t kLargestPiece = std::size_t{2} << 20U;
  static constexpr std::size_t kSmallColumn = std::size_t{256} << 10U;
  static constexpr std::size_t kFewColumns = 64;

  using Codes = std::vector<Code>;
  using Integers = std::vector<std::int64_t>;
  using Reals = std::vector<double>;
  // No byte of UTF-8: stands for the text before it, as lines of one invoice have much in common.
  static constexpr char kSame = '\xFF';
  struct Texts {
    std::vector<char> bytes;  // each ended by a NUL, which no text contains; or kSame
    std::size_t rows = 0;
    std::size_t last = 0;  // where the last of them begins
    std::size_t last_size = 0;
  };
  using Piece = std::variant<Codes, Integers, Reals, Texts>;

  /// Bytes of the next piece, of `least` at least.
  [[nodiscard]] std::size_t next_piece(std::size_t least) const {
    const std::size_t wanted = few_columns_ && bytes_ >= kSmallColumn ? kLargestPiece : bytes_;
    return std::max(least, std::clamp(wanted, kSmallestPiece, kLargestPiece));
  }

  template <typename Value>
  void append(std::span<const Value> values) {
    using Values = std::vector<Value>;
    Values* piece = pieces_.empty() ? nullptr : std::get_if<Values>(&pieces_.back());
    if (piece == nullptr || piece->size() + values.size() > piece->capacity()) {
      piece = &std::get<Values>(pieces_.emplace_back(Values()));
      piece->reserve(next_piece(kPieceRows * sizeof(Value)) / sizeof(Value));
    }
    piece->insert(piece->end(), values.begin(), values.end());
    bytes_ += values.size_bytes();
  }

  // Calls take(values) for the values of a piece, at most kPieceRows at once.
  template <typename Value, typename Take>
  static void hand_on(const Piece& piece, const std::vector<Value>& decoder, const Take& take);
  // The same of all pieces; `value_of` says what a cell of the dictionary means.
  template <typename Value, typename ValueOf, typename Take>
  void hand_on_all(Value missing, const ValueOf& value_of, const Take& take) const;

  std::vector<Piece> pieces_;
  DistinctSet dictionary_;
  std::size_t bytes_ = 0;
  std::size_t folded_bytes_ = 0;  // that texts like those before them did not take
  bool few_columns_ = false;
};

}  // namespace tessera::table
