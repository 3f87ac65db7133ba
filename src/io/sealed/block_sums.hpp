/// \file
/// Checksums of the blocks of a file that many ranks write in any order. Private to src/io.
///
/// A block's checksum is its CRC-32 (zlib's, Ethernet's). A CRC is linear: that of a block is the
/// exclusive or of what its pieces contribute, each shifted to its place, so that nobody has to see
/// a block as a whole, and unwritten bytes are zeros, as are those that the last block lacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "io/sealed/seal.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::io {

/// CRC-32 of `bytes`.
[[nodiscard]] std::uint32_t crc32(std::span<const std::byte> bytes);

/// What this rank's writes contribute to each block.
class BlockSums {
 public:
  /// Takes in what was written at `offset` of the file, behind the seal's header. No byte may be
  /// written twice.
  void add(std::uint64_t offset, std::span<const std::byte> bytes);

  /// Collective. The finished checksums, dealt to the ranks page by page: to this one those from
  /// block `first` on.
  struct Finished {
    std::uint64_t first = 0;
    std::vector<std::uint32_t> sums;
  };
  [[nodiscard]] Finished finish(const comm::Communicator& comm, const SealLayout& layout) const;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> contributions_;
};

}  // namespace tessera::io
