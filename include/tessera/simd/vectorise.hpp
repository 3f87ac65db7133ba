/// \file
/// Plain loops, compiled for the instruction set that simd::simd_level() names.
#pragma once

#include "tessera/simd/level.hpp"

/// Stands between the parameters and the body of a lambda for vectorise().
#define TESSERA_INLINE __attribute__((always_inline))

#if defined(__x86_64__)
#define TESSERA_TARGET(instructions) __attribute__((target(instructions)))
#if defined(__clang__)  // knows no width that is preferred, only one that is the least
#define TESSERA_AVX512 "avx512f,avx512bw,avx512dq,avx512vl"
#else
#define TESSERA_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512"
#endif
#endif

namespace tessera::simd {

#if defined(__x86_64__)
template <typename Loop>
TESSERA_TARGET("avx2")
void run_with_avx2(Loop loop) {
  loop();
}
template <typename Loop>
TESSERA_TARGET(TESSERA_AVX512)
void run_with_avx512(Loop loop) {
  loop();
}
#endif

/// Calls `loop`, a lambda that becomes part of a function compiled for the instruction set, so that
/// the compiler turns loops in it into that set's vectors. It computes the same bits in each: the
/// compiler neither reorders floating-point arithmetic nor fuses it. What the lambda calls must be
/// inline, or stays plain; what it captures by value and is not written is known not to change
/// while the loops write elsewhere.
template <typename Loop>
void vectorise(Loop loop) {
#if defined(__x86_64__)
  switch (simd_level()) {
    case SimdLevel::kAvx512:
      return run_with_avx512(loop);
    case SimdLevel::kAvx2:
      return run_with_avx2(loop);
    case SimdLevel::kPortable:
      break;
  }
#endif
  loop();
}

}  // namespace tessera::simd
