#include "cluster/kernels/kernels.hpp"

#include "cluster/kernels/kernel_sets.hpp"
#include "tessera/simd/level.hpp"

namespace tessera::cluster {

BlockRows block_rows(const features::FeatureRows& rows, std::size_t b) {
  return {.numeric = rows.numeric_block(b),
          .positions = rows.position_block(b),
          .stride = features::FeatureRows::kBlock,
          .numeric_count = rows.space().numeric,
          .categories_norm = static_cast<float>(rows.categories().norm()),
          .tables = rows.categories().tables().data(),
          .table_count = rows.categories().tables().size(),
          .position_bytes = rows.categories().position_bytes(),
          .ahead = rows.numeric_block(b),
          .positions_ahead = rows.position_block(b)};
}

namespace {

#if defined(__x86_64__)
Kernels with_screen_if_possible(Kernels set) {
  if (__builtin_cpu_supports("avx512vnni")) {
    set.screen = &screen_avx512_vnni;
  }
  return set;
}
#endif

const Kernels& kernels_of(simd::SimdLevel level) {
  switch (level) {
#if defined(__x86_64__)
    case simd::SimdLevel::kAvx512: {
      static const Kernels set = with_screen_if_possible(kAvx512Kernels);
      return set;
    }
    case simd::SimdLevel::kAvx2:
      return kAvx2Kernels;
#endif
    default:
      return kPortableKernels;
  }
}

}  // namespace

const Kernels& kernels() { return kernels_of(simd::simd_level()); }

std::vector<NamedKernels> available_kernels() {
  std::vector<NamedKernels> sets;
  for (const simd::SimdLevel level : simd::available_simd_levels()) {
    sets.push_back({simd::to_string(level), &kernels_of(level)});
  }
  return sets;
}

}  // namespace tessera::cluster
