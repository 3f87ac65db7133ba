/// \file
/// Random numbers that are a function of what they are for, never of who draws them.
#pragma once

#include <bit>
#include <cstdint>

namespace tessera::numeric {

/// Mixes 64 bits so that each depends on all: a bijection (D. Stafford's variant 13 of the
/// finaliser of MurmurHash3, as in SplitMix64).
[[nodiscard]] __attribute__((always_inline)) constexpr std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ bits >> 30U) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ bits >> 27U) * 0x94D049BB133111EBU;
  return bits ^ bits >> 31U;
}

/// Random numbers of rows that are known by well mixed 64-bit keys: one number per row, a pure
/// function of what the generator was made for and the key. Far cheaper than Random, and vectors of
/// the processor compute it (simd::vectorise).
class KeyedRandom {
 public:
  explicit KeyedRandom(std::uint64_t salt) : salt_(salt) {}

  [[nodiscard]] __attribute__((always_inline)) std::uint64_t bits(std::uint64_t key) const {
    return mix(key ^ salt_);
  }
  /// Uniform in [0, 1), a multiple of 2^-52.
  [[nodiscard]] __attribute__((always_inline)) double uniform(std::uint64_t key) const {
    constexpr std::uint64_t kOne = std::bit_cast<std::uint64_t>(1.0);
    return std::bit_cast<double>(bits(key) >> 12U | kOne) - 1.0;
  }

 private:
  std::uint64_t salt_;
};

/// The exponentially distributed number -ln(1 - uniform), within 1e-9 of itself. From basic
/// operations alone, so that it has the same bits on every machine.
[[nodiscard]] double exponential(double uniform);

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

  /// Numbers for rows known by keys, different ones for each (step, draw).
  [[nodiscard]] KeyedRandom keyed(std::uint64_t step, std::uint32_t draw) const {
    return KeyedRandom(bits(step, draw));
  }

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
  kBisecting = 9,
  kTransactions = 10,
  kTransactionShape = 11,
};

}  // namespace tessera::numeric
