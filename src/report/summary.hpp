/// \file
/// The segments in words: what a person reads at the end of training.
#pragma once

#include <string>
#include <vector>

#include "tessera/model/model.hpp"

namespace tessera::report {

/// One way in which a segment differs from all customers.
struct Trait {
  /// Difference from the mean of all rows in units of the standard deviation; for a level, the
  /// difference of shares over sqrt(p (1 - p)), p being the share of all rows with the level.
  double strength = 0;
  std::string text;  ///< "Income 82,400 (52,238)" or "plan = gold 71 % (20 %)"
};

/// The traits of segment `segment` (from 0) of at least `least` strength either way, strongest
/// first; a category gives its strongest level only.
[[nodiscard]] std::vector<Trait> traits(const model::Model& model, std::size_t segment,
                                        double least = 0.25);

/// A table of the segments: number (from 1), customers, what they weigh, share of that, and up to
/// `most` traits each.
[[nodiscard]] std::string segment_table(const model::Model& model, std::size_t most = 3);

/// True if the segments come of splits, each of which has runs of its own and an end of its own.
[[nodiscard]] bool is_split(const model::Model& model);
/// "converged", "not converged", or the same of every split.
[[nodiscard]] std::string end_text(const model::Model& model);

/// A number with four significant digits and grouped thousands: "1,234", "12.35", "0.01235".
[[nodiscard]] std::string number_text(double value);

}  // namespace tessera::report
