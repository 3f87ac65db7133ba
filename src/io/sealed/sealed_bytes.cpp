#include "io/sealed/sealed_bytes.hpp"

#include <algorithm>
#include <utility>

#include "io/sealed/block_sums.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

// One for each column that is read in turn with others; beyond that blocks are read again.
constexpr std::size_t kKeptBlocks = 64;

std::vector<std::uint32_t> read_sums(const Bytes& file, std::uint64_t offset, std::uint64_t count,
                                     std::uint32_t expected) {
  std::vector<std::uint32_t> sums(count);
  const std::span<char> bytes(reinterpret_cast<char*>(sums.data()), count * sizeof sums[0]);
  if (file.read_at(offset, bytes) != bytes.size() ||
      crc32(std::as_bytes(std::span(sums))) != expected) {
    throw Damage(offset, offset + bytes.size());
  }
  return sums;
}

}  // namespace

SealedBytes::SealedBytes(std::unique_ptr<Bytes> file, const SealClaim& claim,
                         std::span<const char> header)
    : file_(std::move(file)), layout_(claim.layout), header_(header.begin(), header.end()) {
  if (file_->size() != layout_.file_bytes()) {
    fail(
        ExitCode::kBadData,
        "{} is {}: it has {} bytes, but was written with {}; create the file again or take it from "
        "a backup",
        name(), file_->size() < layout_.file_bytes() ? "truncated" : "changed", file_->size(),
        layout_.file_bytes());
  }
  try {
    pages_ = read_sums(*file_, layout_.page_offset(0), layout_.pages(), claim.pages_sum);
  } catch (const Damage& damage) {
    fail(ExitCode::kBadData,
         "{} is damaged: its checksums (bytes {} to {}) are not what was written; create the file "
         "again or take it from a backup",
         name(), damage.begin, damage.end);
  }
}

std::size_t SealedBytes::read_at(std::uint64_t offset, std::span<char> out) const {
  if (offset >= size()) {
    return 0;
  }
  out = out.first(std::min<std::uint64_t>(out.size(), size() - offset));
  const std::size_t all = out.size();
  while (!out.empty()) {
    std::size_t count = 0;
    if (offset < kSealHeaderBytes) {
      count = std::min<std::size_t>(out.size(), kSealHeaderBytes - offset);
      std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    } else {
      const std::uint64_t block = (offset - kSealHeaderBytes) / kSealBlockBytes;
      const std::uint64_t within = offset - layout_.block_begin(block);
      const std::uint64_t length = layout_.block_bytes(block);
      count = std::min<std::size_t>(out.size(), length - within);
      if (count == length) {
        compare(block, out.first(file_->read_at(offset, out.first(count))));
      } else {
        copy_part(block, within, out.first(count));
      }
    }
    offset += count;
    out = out.subspan(count);
  }
  return all;
}

void SealedBytes::verify(std::uint64_t block) const {
  std::vector<char> bytes(layout_.block_bytes(block));
  bytes.resize(file_->read_at(layout_.block_begin(block), bytes));
  compare(block, bytes);
}

void SealedBytes::copy_part(std::uint64_t block, std::uint64_t within, std::span<char> out) const {
  const std::size_t place = place_of(block);
  std::copy_n(kept_bytes_.get() + place * kSealBlockBytes + within, out.size(), out.begin());
  // usually nobody comes back to what was read to its end
  kept_[place].used = within + out.size() == layout_.block_bytes(block) ? 0 : ++calls_;
}

std::size_t SealedBytes::place_of(std::uint64_t block) const {
  auto slot = std::ranges::find(kept_, block, &Kept::block);
  if (slot == kept_.end()) {
    if (!kept_bytes_) {
      // in one piece, of which the system gives what is touched
      kept_bytes_ = std::make_unique_for_overwrite<char[]>(kKeptBlocks * kSealBlockBytes);
    }
    slot = std::ranges::min_element(kept_, {}, &Kept::used);
    if (slot == kept_.end() || (slot->used != 0 && kept_.size() < kKeptBlocks)) {
      slot = kept_.insert(kept_.end(), Kept{});
    }
    const std::span<char> bytes(
        kept_bytes_.get() + static_cast<std::size_t>(slot - kept_.begin()) * kSealBlockBytes,
        layout_.block_bytes(block));
    slot->block = ~std::uint64_t{0};  // of none, should reading fail
    compare(block, bytes.first(file_->read_at(layout_.block_begin(block), bytes)));
    slot->block = block;
  }
  return static_cast<std::size_t>(slot - kept_.begin());
}

void SealedBytes::compare(std::uint64_t block, std::span<const char> bytes) const {
  std::uint32_t sum = 0;
  if (bytes.size() == kSealBlockBytes) {
    sum = crc32(std::as_bytes(bytes));
  } else {  // the last, summed as if zeros filled it up
    std::vector<char> filled(bytes.begin(), bytes.end());
    filled.resize(kSealBlockBytes);
    sum = crc32(std::as_bytes(std::span(filled)));
  }
  if (bytes.size() != layout_.block_bytes(block) || sum != sum_of(block)) {
    const std::uint64_t begin = layout_.block_begin(block);
    throw Damage(begin, begin + layout_.block_bytes(block));
  }
}

std::uint32_t SealedBytes::sum_of(std::uint64_t block) const {
  const std::uint64_t page = block / kSealPageSums;
  auto known = sums_.find(page);
  if (known == sums_.end()) {
    known = sums_
                .emplace(page, read_sums(*file_, layout_.sum_offset(page * kSealPageSums),
                                         layout_.page_sums(page), pages_.at(page)))
                .first;
  }
  return known->second.at(block % kSealPageSums);
}

std::unique_ptr<Bytes> checked(InputFile file) {
  std::array<char, kSealHeaderBytes> header{};
  const std::span<const char> begin(header.data(), file.read_at(0, header));
  const std::optional<SealClaim> claim = read_seal_header(begin, file.path());
  auto plain = std::make_unique<InputFile>(std::move(file));
  if (claim) {
    return std::make_unique<SealedBytes>(std::move(plain), *claim, begin);
  }
  return plain;
}

}  // namespace tessera::io
