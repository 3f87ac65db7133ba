/// \file
/// How the kernels look categories up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// Whether rows may have none of a category's levels, see features::kNoLevel.
enum class Unseen { kPossible, kAbsent };

/// Tables with an entry for every combination of the levels of some categories: categories of few
/// levels share a table, so that one look-up does for all of them. A row's position in a table is a
/// number with a digit for each of its categories.
class CategoryTables {
 public:
  /// A table of up to this many entries fits a vector register.
  static constexpr std::size_t kInRegister = 16;
  /// Categories share a table of up to this many: two registers.
  static constexpr std::size_t kShared = 2 * kInRegister;

  CategoryTables(const features::Space& space, Unseen unseen);

  /// What a category adds to a row's position: min(code, last) * factor.
  struct Digit {
    std::size_t category;
    std::uint16_t last;
    std::uint16_t factor;
  };
  /// Its entries are `stride` from `offset` on, of which the last ones may have no meaning.
  struct Table {
    std::size_t first_digit;
    std::size_t last_digit;  ///< one past it
    std::size_t offset;
    std::size_t stride;  ///< a multiple of kInRegister
  };
  /// Plain pointers for the kernels, which are compiled apart for each instruction set.
  struct View {
    const Table* tables;
    std::size_t count;
    const Digit* digits;
  };
  [[nodiscard]] View view() const { return {tables_.data(), tables_.size(), digits_.data()}; }

  [[nodiscard]] std::span<const Table> tables() const { return tables_; }
  /// Those of a table, that of factor 1 first.
  [[nodiscard]] std::span<const Digit> digits(const Table& table) const {
    return std::span(digits_).subspan(table.first_digit, table.last_digit - table.first_digit);
  }
  /// Of all tables.
  [[nodiscard]] std::size_t entries() const {
    return tables_.empty() ? 0 : tables_.back().offset + tables_.back().stride;
  }
  /// The positions of a block's rows: what Kernels::locate() writes.
  [[nodiscard]] std::size_t positions() const {
    return tables_.size() * features::FeatureRows::kBlock;
  }
  /// The position of one row.
  [[nodiscard]] std::size_t position(const Table& table, const features::FeatureRows& rows,
                                     std::uint64_t row) const;

 private:
  std::vector<Table> tables_;
  std::vector<Digit> digits_;
};

}  // namespace tessera::cluster
