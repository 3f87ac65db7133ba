/// \file
/// Vectors whose storage starts at a cache line, as the vector kernels want it.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace tessera::numeric {

/// Bytes of a cache line, and of the widest vector register.
inline constexpr std::size_t kAlignment = 64;

template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{kAlignment}));
  }
  void deallocate(T* at, std::size_t) { ::operator delete (at, std::align_val_t{kAlignment}); }
  bool operator==(const AlignedAllocator&) const { return true; }
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace tessera::numeric
