/// \file
/// Vectors whose storage starts at a cache line, as the vector kernels want it, and at a huge page
/// if it is large.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace tessera::simd {

/// Bytes of a cache line, and of the widest vector register.
inline constexpr std::size_t kAlignment = 64;

/// Uninitialised memory, aligned to kAlignment; pieces of many huge pages (2 MiB) start at one, and
/// the system is asked to map them as such: a pass over gigabytes otherwise spends much of its time
/// in looking up 4 KiB pages. Throws std::bad_alloc.
[[nodiscard]] void* allocate_aligned(std::size_t bytes);
void free_aligned(void* at) noexcept;

template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
  void deallocate(T* at, std::size_t) { free_aligned(at); }
  template <typename U, typename... Args>
  void construct(U* at, Args&&... args) {
    if constexpr (sizeof...(Args) == 0 && std::is_trivially_default_constructible_v<U>) {
      ::new (static_cast<void*>(at)) U;  // not cleared: the first touch is the user's
    } else {
      ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
    }
  }
  bool operator==(const AlignedAllocator&) const { return true; }
};

/// New elements are uninitialised unless a value is given: AlignedVector<float>(n, 0.0F).
template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace tessera::simd
