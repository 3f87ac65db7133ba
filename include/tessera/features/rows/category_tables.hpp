/// \file
/// How the categories of a row are stored and looked up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/rows/space.hpp"
#include "tessera/simd/lookup.hpp"

namespace tessera::features {

/// Tables with an entry for every combination of the levels of some categories: categories of few
/// levels share a table, so that one number tells them all and one look-up does for all of them.
/// That number, a row's position in the table, has a digit for each of its categories: the code,
/// or the number of levels for kNoLevel.
class CategoryTables {
 public:
  /// Categories share a table of up to this many entries: two registers.
  static constexpr std::size_t kShared = 2 * simd::kLookupEntries;

  CategoryTables(const Space& space, Unseen unseen);

  struct Digit {
    std::size_t category;
    std::size_t levels;
    std::size_t values;  ///< how many it can take: the levels and, if Unseen::kPossible, none
    std::size_t factor;  ///< a position is the sum of the digits' values times their factors
    /// The value that stands for a code.
    [[nodiscard]] std::size_t value(std::uint16_t code) const {
      return code < levels ? std::size_t{code} : levels;
    }
  };
  struct Table {
    std::size_t first_digit;
    std::size_t last_digit;  ///< one past it
    std::size_t offset;      ///< of its first entry in all tables
    std::size_t entries;
    std::size_t stride;  ///< entries and what fills them up to a multiple of kLookupEntries
    /// Whether it is of up to kShared entries; others are of one category.
    [[nodiscard]] bool may_be_shared() const { return entries <= kShared; }
  };
  [[nodiscard]] std::span<const Table> tables() const { return tables_; }
  /// Those of a table, that of factor 1 first.
  [[nodiscard]] std::span<const Digit> digits(const Table& table) const {
    return std::span(digits_).subspan(table.first_digit, table.last_digit - table.first_digit);
  }
  [[nodiscard]] Unseen unseen() const { return unseen_; }
  /// See Space::categories_norm().
  [[nodiscard]] double norm() const { return norm_; }
  /// Whether positions in tables of the same space mean the same.
  [[nodiscard]] bool agrees_with(const CategoryTables& others) const {
    return this == &others || tables_.empty() || unseen_ == others.unseen_;
  }
  /// Of all tables, with what fills them up.
  [[nodiscard]] std::size_t entries() const {
    return tables_.empty() ? 0 : tables_.back().offset + tables_.back().stride;
  }

  /// Bytes of a position: 1 where no table has more than 256 entries, else 2.
  [[nodiscard]] std::size_t position_bytes() const { return position_bytes_; }
  /// Bytes of a row's positions.
  [[nodiscard]] std::size_t row_bytes() const { return tables_.size() * position_bytes_; }

  /// How many categories there are.
  [[nodiscard]] std::size_t categories() const { return categories_.size(); }
  /// The table that tells category `c`.
  [[nodiscard]] std::size_t table_of(std::size_t c) const { return categories_[c].table; }
  /// The code of category `c` at each position of its table.
  [[nodiscard]] std::span<const std::uint16_t> codes(std::size_t c) const {
    const std::size_t entries = tables_[categories_[c].table].entries;
    return std::span(codes_).subspan(categories_[c].first_code, entries);
  }
  [[nodiscard]] const Digit& digit_of(std::size_t c) const { return digits_[categories_[c].digit]; }

  /// Counts of levels, category after category, from those of rows at each entry of all tables.
  void count_levels(std::span<const std::int64_t> at_entries, std::span<std::int64_t> levels) const;

 private:
  struct Category {
    std::size_t table;
    std::size_t digit;
    std::size_t first_level;  // of all categories'
    std::size_t first_code;   // in codes_
  };

  Unseen unseen_;
  double norm_;
  std::vector<Table> tables_;
  std::vector<Digit> digits_;
  std::vector<Category> categories_;
  std::vector<std::uint16_t> codes_;
  std::size_t position_bytes_ = 1;
};

}  // namespace tessera::features
