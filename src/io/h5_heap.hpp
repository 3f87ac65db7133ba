/// \file
/// Strings of variable length, which HDF5 keeps in heaps of the file. Private to src/io/h5_*.cpp.
///
/// HDF5 1.10 trusts what leads to them: a damaged number or length makes it read and write outside
/// of its memory. So it gives what leads there as it stands, and the heaps are read here, by the
/// specification of the file format (III.E, "Disk Format: Level 1E - Global Heap").
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "io/h5_handle.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::io {

/// Of what leads to a string: its length, where its heap begins, its number there.
inline constexpr std::size_t kHeapPlaceBytes = 16;

/// Whether values of `type` are strings or sequences of variable length.
[[nodiscard]] bool h5_is_in_heap(hid_t type);

/// The type in memory by which values of `type` are read: where it has strings or sequences of
/// variable length, what leads to them (kHeapPlaceBytes each).
[[nodiscard]] H5Handle h5_memory_type(hid_t type);

/// What a heap holds is not what leads to it.
class DamagedHeap : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The heaps of a file, of which it keeps those that were asked for last.
class H5Heaps {
 public:
  /// `base`: where addresses in the file count from.
  H5Heaps(const Bytes& bytes, std::uint64_t base) : bytes_(bytes), base_(base) {}

  /// The string that `place`, kHeapPlaceBytes of it, leads to; empty if it leads nowhere. It ends
  /// at its first zero byte, and is valid until the next call. Throws DamagedHeap, which tells
  /// what is wrong, if there is no such string.
  [[nodiscard]] std::string_view text(const char* place);

 private:
  struct Heap {
    std::vector<char> bytes;
    /// Of each number: where its bytes begin, and how many there are; 0: there is none.
    std::vector<std::pair<std::size_t, std::size_t>> objects;
    [[nodiscard]] std::size_t memory() const {
      return bytes.size() + objects.size() * sizeof objects[0];
    }
  };
  [[nodiscard]] const Heap& heap(std::uint64_t address);
  [[nodiscard]] Heap read(std::uint64_t address) const;

  const Bytes& bytes_;
  std::uint64_t base_;
  std::map<std::uint64_t, Heap> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace tessera::io
