/// \file
/// Random numbers that are a function of what they are for, never of who draws them.
#pragma once

#include <cstdint>

namespace tessera::numeric {

/// Counter-based generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1,
/// 2, 3", SC 2011). A number is a pure function of (seed, purpose, row, draw), so that any rank can
/// draw for any row, in any order, and all get the same.
class Random {
 public:
  /// `purpose` keeps the uses of one seed apart (see Purpose).
  Random(std::uint64_t seed, std::uint32_t purpose) : seed_(seed), purpose_(purpose) {}

  /// 64 uniform bits for `row`, the `draw`-th of them.
  [[nodiscard]] std::uint64_t bits(std::uint64_t row, std::uint32_t draw) const;

  /// Uniform in [0, 1), a multiple of 2^-53.
  [[nodiscard]] double uniform(std::uint64_t row, std::uint32_t draw) const {
    return static_cast<double>(bits(row, draw) >> 11U) * 0x1.0p-53;
  }

  /// Uniform in 0 ... bound - 1 (bound > 0), by multiplication: the bias is below bound / 2^64.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound, std::uint64_t row,
                                    std::uint32_t draw) const;

 private:
  std::uint64_t seed_;
  std::uint32_t purpose_;
};

/// The purposes in use. Add at the end: changing a number changes every model made with it.
enum Purpose : std::uint32_t {
  kSeedingFirst = 1,
  kSeedingSample = 2,
  kSeedingGreedy = 3,
  kSeedingRandom = 4,
  kMonitorSample = 5,
  kEvaluateSample = 6,
  kSynthetic = 7,
  kSyntheticShape = 8,
};

}  // namespace tessera::numeric
