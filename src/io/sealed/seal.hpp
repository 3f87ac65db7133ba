/// \file
/// How a sealed file is laid out (FORMAT.md): a header, the content, a checksum per block of the
/// content, a checksum per page of these. Private to src/io.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tessera::io {

inline constexpr std::uint64_t kSealHeaderBytes = 512;  // a user block of HDF5
inline constexpr std::uint64_t kSealBlockBytes = std::uint64_t{64} << 10;
/// Checksums of blocks that have one checksum together.
inline constexpr std::uint64_t kSealPageSums = std::uint64_t{16} << 10;

/// Where everything is, which follows from where the content ends.
struct SealLayout {
  std::uint64_t content_end = kSealHeaderBytes;

  [[nodiscard]] std::uint64_t blocks() const {
    return (content_end - kSealHeaderBytes + kSealBlockBytes - 1) / kSealBlockBytes;
  }
  [[nodiscard]] std::uint64_t block_begin(std::uint64_t block) const {
    return kSealHeaderBytes + block * kSealBlockBytes;
  }
  [[nodiscard]] std::uint64_t block_bytes(std::uint64_t block) const {
    const std::uint64_t begin = block_begin(block);
    return content_end - begin < kSealBlockBytes ? content_end - begin : kSealBlockBytes;
  }
  [[nodiscard]] std::uint64_t pages() const {
    return (blocks() + kSealPageSums - 1) / kSealPageSums;
  }
  [[nodiscard]] std::uint64_t page_sums(std::uint64_t page) const {
    const std::uint64_t rest = blocks() - page * kSealPageSums;
    return rest < kSealPageSums ? rest : kSealPageSums;
  }
  /// Of the checksum of `block`.
  [[nodiscard]] std::uint64_t sum_offset(std::uint64_t block) const {
    return content_end + block * sizeof(std::uint32_t);
  }
  /// Of the checksum of `page`.
  [[nodiscard]] std::uint64_t page_offset(std::uint64_t page) const {
    return sum_offset(blocks()) + page * sizeof(std::uint32_t);
  }
  [[nodiscard]] std::uint64_t file_bytes() const { return page_offset(pages()); }
};

using SealHeader = std::array<std::byte, kSealHeaderBytes>;

/// The header of a file whose pages have these checksums.
[[nodiscard]] SealHeader seal_header(const SealLayout& layout,
                                     std::span<const std::uint32_t> pages);

/// What a header says; nothing if the bytes do not begin like one.
struct SealClaim {
  SealLayout layout;
  std::uint32_t pages_sum = 0;  ///< of the checksums of the pages
};
/// Throws kBadData naming `path` if the header is damaged or of a later version.
[[nodiscard]] std::optional<SealClaim> read_seal_header(std::span<const char> header,
                                                        const std::string& path);

}  // namespace tessera::io
