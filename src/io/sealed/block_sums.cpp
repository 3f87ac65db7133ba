#include "io/sealed/block_sums.hpp"

#include <isa-l/crc.h>
#include <zlib.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tessera/simd/level.hpp"

namespace tessera::io {
namespace {

constexpr std::uint32_t kAllOnes = 0xFFFFFFFF;

/// CRC-32 of bytes whose CRC-32 is `before`, and of `bytes` behind them.
std::uint32_t crc32_after(std::uint32_t before, std::span<const std::byte> bytes) {
  const std::uint32_t sum =
      crc32_gzip_refl(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  simd::clear_upper_halves();
  return sum;
}

/// The state of a CRC that began with zero, behind `bytes`.
std::uint32_t contribution(std::span<const std::byte> bytes) {
  return ~crc32_after(kAllOnes, bytes);
}

/// The state after `zeros` more bytes, all zero.
std::uint32_t shifted(std::uint32_t state, std::uint64_t zeros) {
  return static_cast<std::uint32_t>(::crc32_combine(state, 0, static_cast<z_off_t>(zeros)));
}

struct Contribution {
  std::uint64_t block = 0;
  std::uint32_t state = 0;
  std::uint32_t unused = 0;
};

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes) { return crc32_after(0, bytes); }

void BlockSums::add(std::uint64_t offset, std::span<const std::byte> bytes) {
  // The content's last block is summed as if zeros filled it up.
  while (!bytes.empty()) {
    const std::uint64_t at = offset - kSealHeaderBytes;
    const std::uint64_t within = at % kSealBlockBytes;
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), kSealBlockBytes - within));
    contributions_[at / kSealBlockBytes] ^=
        shifted(contribution(bytes.first(count)), kSealBlockBytes - within - count);
    offset += count;
    bytes = bytes.subspan(count);
  }
}

BlockSums::Finished BlockSums::finish(const comm::Communicator& comm,
                                      const SealLayout& layout) const {
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  const auto pages_of = [&](int rank) { return comm::share_of(layout.pages(), rank, comm.size()); };
  std::vector<Contribution> mine;
  std::vector<std::uint64_t> to(ranks);
  comm.together([&] {
    mine.reserve(contributions_.size());
    for (const auto& [block, state] : contributions_) {
      mine.push_back({.block = block, .state = state});
    }
    std::ranges::sort(mine, {}, &Contribution::block);
    auto next = mine.begin();
    for (int rank = 0; rank < comm.size(); ++rank) {
      const comm::Share pages = pages_of(rank);
      const auto end = std::ranges::lower_bound(
          next, mine.end(), (pages.first + pages.count) * kSealPageSums, {}, &Contribution::block);
      to[static_cast<std::size_t>(rank)] = static_cast<std::uint64_t>(end - next);
      next = end;
    }
  });
  const std::vector<std::uint64_t> one_each(ranks, 1);
  std::vector<std::uint64_t> from(ranks);
  comm.all_to_all(std::span<const std::uint64_t>(to), one_each, std::span(from), one_each);

  std::vector<Contribution> received;
  Finished finished;
  const comm::Share pages = pages_of(comm.rank());
  comm.together([&] {
    received.resize(std::reduce(from.begin(), from.end()));
    finished.first = std::min(pages.first * kSealPageSums, layout.blocks());
    finished.sums.resize(std::min((pages.first + pages.count) * kSealPageSums, layout.blocks()) -
                         finished.first);
  });
  comm.all_to_all(std::span<const Contribution>(mine), to, std::span(received), from);
  for (const Contribution& piece : received) {
    finished.sums.at(piece.block - finished.first) ^= piece.state;
  }
  const std::uint32_t of_zeros = shifted(kAllOnes, kSealBlockBytes);
  for (std::uint32_t& sum : finished.sums) {
    sum = ~(of_zeros ^ sum);
  }
  return finished;
}

}  // namespace tessera::io
