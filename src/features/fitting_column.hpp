/// \file
/// A numeric column on its way through the steps that are fitted to it. Private to src/features.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/features/steps/step.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::features {

/// The one place where statistics of columns cross ranks. Missing values stay NaN until the column
/// is prepared; what stands for them goes through the steps beside them.
class FittingColumn {
 public:
  /// `values`: this rank's, changed by the steps. `range`: of all ranks', which have `rows` rows.
  /// Where rows have masses, both are of those that count.
  FittingColumn(const comm::Communicator& comm, std::span<double> values,
                const numeric::Extremes& range, std::uint64_t rows, const RowMasses& masses)
      : comm_(comm),
        values_(values),
        range_(range),
        rows_(rows),
        masses_(masses),
        missing_here_(masses.none() ? 0 : numeric::extremes_of(values).missing) {}

  /// Collective. Answers what is asked, as the values are now.
  [[nodiscard]] Facts answer(const Needs& needs);

  /// Collective. Applies a step; without a look at the values if it only imputes. Returns whether
  /// the step is defined for all values of this rank.
  [[nodiscard]] bool apply(const FittedStep& step);

  /// What stands for a missing value; only after the step that imputes.
  [[nodiscard]] double filler() const { return filler_.value_or(0); }
  /// This rank's values now.
  [[nodiscard]] std::span<double> values() const { return values_; }

 private:
  [[nodiscard]] std::uint64_t known() const { return rows_ - range_.missing; }
  /// Of the values that are asked for: all with the filler, or the known ones.
  [[nodiscard]] bool with_filler(bool of_known) const {
    return !of_known && filler_ && range_.missing > 0;
  }
  [[nodiscard]] numeric::Extremes range(bool of_known) const;
  /// Collective: how often the known values stand together, in units of mass.
  [[nodiscard]] numeric::Int128 known_mass();
  /// Collective: how often the values that are asked for stand.
  [[nodiscard]] double count(bool filled);
  /// value_of(x) of this rank's known values, each as often as its mass says.
  template <typename ValueOf>
  void add_massive(numeric::ExactSum& sum, const ValueOf& value_of) const;
  /// A value as often as values are missing.
  void add_fillers(numeric::ExactSum& sum, double value);
  [[nodiscard]] double quantile(double q, bool filled);
  [[nodiscard]] double mean(bool of_known);
  [[nodiscard]] double deviation(bool of_known, double mean);

  const comm::Communicator& comm_;
  std::span<double> values_;
  numeric::Extremes range_;  // of the known values of all ranks
  std::uint64_t rows_;
  const RowMasses& masses_;
  std::uint64_t missing_here_;  // of rows that have masses, also those that do not count
  std::optional<numeric::Int128> known_mass_;
  std::optional<double> filler_;
  // of the known values as they are now
  std::optional<numeric::ExactSum> sum_;
  double sum_bound_ = 0;
  std::optional<double> known_deviation_;
};

}  // namespace tessera::features
