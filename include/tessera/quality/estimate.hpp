/// \file
/// The one shape of what an index found.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tessera/base/fields.hpp"

namespace tessera::quality {

/// What a value was computed of.
enum class Variant {
  kExact,         ///< "exact": all rows
  kSampled,       ///< "sampled": a sample of the rows, each compared with all rows
  kWithinSample,  ///< "within_sample": a sample of the rows, compared with each other
};

/// The value of an index for a table, or an estimate of it.
struct Estimate {
  double value = 0;           ///< NaN if it was not asked for
  double standard_error = 0;  ///< of the estimate; 0 if all rows are in it
  std::uint64_t rows = 0;     ///< it was computed of
  Variant variant = Variant::kExact;
};

/// The same with what it is for each segment, where an index has that.
struct IndexValue : Estimate {
  IndexValue() = default;
  explicit IndexValue(const Estimate& estimate) : Estimate(estimate) {}

  std::vector<std::optional<double>> segments;  ///< none of an empty segment
};

}  // namespace tessera::quality

template <>
struct tessera::Choices<tessera::quality::Variant> {
  using Variant = quality::Variant;
  static constexpr auto all =
      std::to_array<Choice<Variant>>({{Variant::kExact, "exact"},
                                      {Variant::kSampled, "sampled"},
                                      {Variant::kWithinSample, "within_sample"}});
};
