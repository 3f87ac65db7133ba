#include "tessera/simd/level.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cstdlib>
#include <string_view>

#include "tessera/base/error.hpp"

namespace tessera::simd {
namespace {

SimdLevel chosen_level() {
  const SimdLevel best = available_simd_levels().back();
  const char* wish = std::getenv("TESSERA_SIMD");
  if (wish == nullptr || *wish == '\0') {
    return best;
  }
  for (const SimdLevel level : {SimdLevel::kPortable, SimdLevel::kAvx2, SimdLevel::kAvx512}) {
    if (to_string(level) == wish) {
      if (level > best) {
        fail(ExitCode::kUsage, "TESSERA_SIMD={}: this processor has no more than {}", wish,
             to_string(best));
      }
      return level;
    }
  }
  fail(ExitCode::kUsage, "TESSERA_SIMD={}: expected portable, avx2 or avx512", wish);
}

}  // namespace

std::vector<SimdLevel> available_simd_levels() {
  std::vector<SimdLevel> levels = {SimdLevel::kPortable};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    levels.push_back(SimdLevel::kAvx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
      levels.push_back(SimdLevel::kAvx512);
    }
  }
#endif
  return levels;
}

SimdLevel simd_level() {
  static const SimdLevel kLevel = chosen_level();
  return kLevel;
}

bool has_vnni() {
#if defined(__x86_64__)
  return simd_level() == SimdLevel::kAvx512 && __builtin_cpu_supports("avx512vnni") != 0;
#else
  return false;
#endif
}

#if defined(__x86_64__)
namespace {
[[gnu::target("avx")]] void zero_upper_halves() { _mm256_zeroupper(); }
}  // namespace
#endif

void clear_upper_halves() {
#if defined(__x86_64__)
  static const bool kHasThem = __builtin_cpu_supports("avx") != 0;
  if (kHasThem) {
    zero_upper_halves();
  }
#endif
}

std::string to_string(SimdLevel level) {
  switch (level) {
    case SimdLevel::kPortable:
      return "portable";
    case SimdLevel::kAvx2:
      return "avx2";
    case SimdLevel::kAvx512:
      return "avx512";
  }
  return "unknown";
}

}  // namespace tessera::simd
