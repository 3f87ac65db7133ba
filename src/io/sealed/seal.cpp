#include "io/sealed/seal.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "io/sealed/block_sums.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little endian");

constexpr std::string_view kMagic = "Tessera sealed\r\n";
constexpr std::uint32_t kVersion = 1;

/// The beginning of the header; what follows up to the checksum is zero.
struct Fields {
  std::array<char, kMagic.size()> magic;
  std::uint32_t version;
  std::uint32_t block_bytes;
  std::uint64_t content_end;
  std::uint64_t file_bytes;
  std::uint32_t page_sums;
  std::uint32_t pages_sum;
};
static_assert(sizeof(Fields) == 48);

constexpr std::size_t kSumAt = kSealHeaderBytes - sizeof(std::uint32_t);

}  // namespace

SealHeader seal_header(const SealLayout& layout, std::span<const std::uint32_t> pages) {
  Fields fields{.magic = {},
                .version = kVersion,
                .block_bytes = kSealBlockBytes,
                .content_end = layout.content_end,
                .file_bytes = layout.file_bytes(),
                .page_sums = kSealPageSums,
                .pages_sum = crc32(std::as_bytes(pages))};
  std::ranges::copy(kMagic, fields.magic.begin());
  SealHeader header{};
  std::memcpy(header.data(), &fields, sizeof fields);
  const std::uint32_t sum = crc32(std::span(header).first(kSumAt));
  std::memcpy(header.data() + kSumAt, &sum, sizeof sum);
  return header;
}

std::optional<SealClaim> read_seal_header(std::span<const char> header, const std::string& path) {
  if (header.size() < kSealHeaderBytes ||
      std::string_view(header.data(), header.size()).substr(0, kMagic.size()) != kMagic) {
    return std::nullopt;
  }
  Fields fields{};
  std::memcpy(&fields, header.data(), sizeof fields);
  std::uint32_t sum = 0;
  std::memcpy(&sum, header.data() + kSumAt, sizeof sum);
  const SealClaim claim{{fields.content_end}, fields.pages_sum};
  if (crc32(std::as_bytes(header.first(kSumAt))) != sum || fields.content_end < kSealHeaderBytes ||
      fields.file_bytes != claim.layout.file_bytes()) {
    fail(ExitCode::kBadData,
         "{} is damaged: its header (the first {} bytes) is not what was written; create the file "
         "again or take it from a backup",
         path, kSealHeaderBytes);
  }
  if (fields.version != kVersion || fields.block_bytes != kSealBlockBytes ||
      fields.page_sums != kSealPageSums) {
    fail(ExitCode::kBadData,
         "{} has checksums of a kind that this version of Tessera does not know; use the version "
         "that wrote it",
         path);
  }
  return claim;
}

}  // namespace tessera::io
