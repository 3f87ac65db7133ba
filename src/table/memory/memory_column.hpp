/// \file
/// A column's values in memory, as compact as they may be. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "table/memory/deal.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

class MemoryColumn {
 public:
  MemoryColumn() = default;
  /// Empty, for values between the minimum and maximum of `summary` or of so many levels.
  MemoryColumn(const Column& column, const ColumnSummary& summary);

  /// Makes place for so many rows, and for so many bytes of texts.
  void reserve(std::size_t rows, std::size_t text_bytes);

  /// Appends values, of the column's type.
  void add_integers(std::span<const std::int64_t> values);
  void add_reals(std::span<const double> values);
  void add_codes(std::span<const std::int32_t> codes);
  void add_texts(std::span<const std::string_view> texts);

  /// Values from row `at` on.
  void numbers(std::size_t at, std::span<double> out) const;
  void codes(std::size_t at, std::span<std::int32_t> out) const;
  /// kMissingInteger where missing.
  [[nodiscard]] std::int64_t integer(std::size_t row) const;
  [[nodiscard]] std::string_view text(std::size_t row) const;

  /// Collective: from rows as the ranks have read them to the share of each.
  void deal(const Deal& deal);

  /// Of memory.
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  struct Texts {
    std::vector<char> bytes;
    std::vector<std::uint64_t> ends;
  };
  template <typename Value>
  using Values = std::vector<Value>;
  using Stored = std::variant<Values<std::int8_t>, Values<std::int16_t>, Values<std::int32_t>,
                              Values<std::int64_t>, Values<double>, Texts>;

  Stored stored_;
};

}  // namespace tessera::table
