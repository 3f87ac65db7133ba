/// \file
/// Synthetic customers whose true segments are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tessera/numeric/random.hpp"
#include "tessera/table/synthetic/synthetic_table.hpp"

namespace tessera::table {

/// Customers with the faces of real ones: an identifier, money amounts that are log-normal in each
/// segment, counts that are Poisson, shares, ages, categories of two to twelve levels, a few per
/// cent of missing values in some columns, and the true segment (1 ... segments) in the last.
///
/// A segment has a weight and a level for each column; both are functions of (seed, segment). A row
/// is a function of (seed, segments, row) alone.
class SyntheticCustomers final : public SyntheticTable {
 public:
  /// 1 <= segments <= kMaxSegments.
  SyntheticCustomers(std::uint64_t seed, std::size_t segments);

  static constexpr std::size_t kMaxSegments = 1000;

  void draw(std::uint64_t first, std::size_t count, SyntheticRows& rows) const override;

  /// The identifier of a row: C000000001 for row 0. Longer only beyond a billion rows.
  [[nodiscard]] static std::string id_of(std::uint64_t row);
  /// The true segment of a row, from 0.
  [[nodiscard]] std::size_t segment_of(std::uint64_t row) const;

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
  Cumulative weights_;
  std::vector<Profile> profiles_;
};

}  // namespace tessera::table
