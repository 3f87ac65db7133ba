// Where a large table is read, a good part of the time goes into giving the process its memory by
// pages of 4 KiB. In the program (not in the libraries, whose users have allocators of their own)
// what is large comes in huge pages, as far as the system allows it.
#include <cstdlib>
#include <new>

#include "tessera/simd/aligned.hpp"

namespace {

constexpr std::size_t kLarge = std::size_t{2} << 20U;

}  // namespace

void* operator new(std::size_t bytes) {
  void* const at = bytes >= kLarge ? tessera::simd::allocate_aligned(bytes)
                                   : std::malloc(bytes == 0 ? 1 : bytes);
  if (at == nullptr) {
    throw std::bad_alloc();
  }
  return at;
}

void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t /*bytes*/) noexcept { std::free(at); }
