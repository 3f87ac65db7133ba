#include "tessera/simd/aligned.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace tessera::simd {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;
constexpr std::size_t kLarge = kHugePage;

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  const std::size_t alignment = bytes < kLarge ? kAlignment : kHugePage;
  void* at = nullptr;
  if (posix_memalign(&at, alignment, bytes) != 0) {
    throw std::bad_alloc();
  }
#if defined(MADV_HUGEPAGE)
  if (bytes >= kLarge) {
    // whole huge pages only: the last one would hold memory that nobody asked for
    (void)madvise(at, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);  // advice: may be declined
  }
#endif
  return at;
}

void free_aligned(void* at) noexcept { std::free(at); }

}  // namespace tessera::simd
