/// \file
/// Synthetic customers whose true segments are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tessera/numeric/random.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// Some rows of synthetic customers, by column; numbers and codes as Table reads them.
struct SyntheticRows {
  std::uint64_t first = 0;
  std::size_t count = 0;
  std::vector<std::string> ids;
  /// One entry per column; empty for columns of another type.
  std::vector<std::vector<double>> numbers;
  std::vector<std::vector<std::int32_t>> codes;
};

/// Draws customers with the faces of real ones: an identifier, money amounts that are log-normal in
/// each segment, counts that are Poisson, shares, ages, categories of two to twelve levels, a few
/// per cent of missing values in some columns, and the true segment (1 ... segments) in the last.
///
/// A segment has a weight and a level for each column; both are functions of (seed, segment). A row
/// is a function of (seed, segments, row) alone. All arithmetic is in integers and in basic
/// operations on doubles, without the C library's functions, so that the same rows come out on
/// every machine.
class SyntheticCustomers {
 public:
  /// 1 <= segments <= kMaxSegments.
  SyntheticCustomers(std::uint64_t seed, std::size_t segments);

  static constexpr std::size_t kMaxSegments = 1000;

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// Digits behind the decimal point in column `c`: money has two.
  [[nodiscard]] int decimals(std::size_t c) const { return decimals_[c]; }

  /// Customers [first, first + count), in place of what `rows` held.
  void draw(std::uint64_t first, std::size_t count, SyntheticRows& rows) const;

  /// The identifier of a row: C000000001 for row 0. Longer only beyond a billion rows.
  [[nodiscard]] static std::string id_of(std::uint64_t row);

 private:
  /// A distribution over 0, 1, 2, ... as cumulated probabilities.
  using Cumulative = std::vector<double>;
  struct Profile {
    std::vector<double> locations;    ///< of each measure
    std::vector<Cumulative> counts;   ///< of each count
    std::vector<Cumulative> choices;  ///< of each category
  };

  [[nodiscard]] static Profile make_profile(const numeric::Random& shapes, std::size_t segment);

  numeric::Random random_;
  std::vector<Column> columns_;
  std::vector<int> decimals_;
  Cumulative weights_;
  std::vector<Profile> profiles_;
};

}  // namespace tessera::table
