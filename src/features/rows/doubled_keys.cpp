#include "features/rows/doubled_keys.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include "tessera/numeric/int128.hpp"

namespace tessera::features {
namespace {

constexpr std::uint64_t kSlice = std::uint64_t{1} << 18U;  // about so many keys per rank at once
constexpr std::uint64_t kMostSlices = 64;
constexpr std::uint64_t kNoRow = std::numeric_limits<std::uint64_t>::max();

/// Which of `parts` equal parts of the range of all 64-bit numbers `bits` lies in.
std::uint64_t part_of(std::uint64_t bits, std::uint64_t parts) {
  return static_cast<std::uint64_t>((numeric::Uint128{bits} * parts) >> 64U);
}

/// The keys of slice `slice` of `slices`, by the rank that looks after them.
struct Dealt {
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> to;  // how many to each rank
};

Dealt deal(std::span<const std::uint64_t> keys, std::uint64_t none, std::uint64_t slice,
           std::uint64_t slices, std::uint64_t ranks) {
  Dealt dealt;
  for (const std::uint64_t key : keys) {
    if (part_of(key << 32U, slices) == slice && key != none) {  // the ranks go by the upper half
      dealt.keys.push_back(key);
    }
  }
  if (ranks > 1) {
    std::ranges::sort(dealt.keys, {}, [&](std::uint64_t key) { return part_of(key, ranks); });
  }
  dealt.to.resize(ranks);
  for (const std::uint64_t key : dealt.keys) {
    ++dealt.to[part_of(key, ranks)];
  }
  return dealt;
}

/// The keys that were there before, as often as they come again.
std::vector<std::uint64_t> repeated(std::span<const std::uint64_t> keys) {
  const std::size_t size = std::bit_ceil(2 * keys.size() + 1);
  const int shift = std::numeric_limits<std::uint64_t>::digits - std::countr_zero(size);
  std::vector<std::uint64_t> set(size);  // 0: free
  std::vector<std::uint64_t> again;
  for (const std::uint64_t key : keys) {
    const std::uint64_t entry = std::max<std::uint64_t>(key, 1);
    std::size_t at = (entry * 0x9E3779B97F4A7C15U) >> shift;
    while (set[at] != 0 && set[at] != entry) {
      at = (at + 1) & (size - 1);
    }
    if (set[at] == entry) {
      again.push_back(entry);
    }
    set[at] = entry;
  }
  return again;
}

}  // namespace

DoubledKeys find_doubled(const comm::Communicator& comm, std::span<const std::uint64_t> keys,
                         std::uint64_t none) {
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  const std::uint64_t most = comm.all_max(std::uint64_t{keys.size()});
  const std::uint64_t slices = std::clamp<std::uint64_t>(most / kSlice, 1, kMostSlices);
  const std::vector<std::uint64_t> one_each(ranks, 1);
  DoubledKeys doubled;
  std::uint64_t example = kNoRow;
  for (std::uint64_t slice = 0; slice < slices; ++slice) {
    Dealt dealt;
    comm.together([&] { dealt = deal(keys, none, slice, slices, ranks); });
    std::vector<std::uint64_t> from(ranks);
    comm.all_to_all(std::span<const std::uint64_t>(dealt.to), one_each,
                    std::span<std::uint64_t>(from), one_each);
    std::vector<std::uint64_t> mine;
    comm.together([&] {
      std::uint64_t count = 0;
      for (const std::uint64_t part : from) {
        count += part;
      }
      mine.resize(count);
    });
    comm.all_to_all(std::span<const std::uint64_t>(dealt.keys), dealt.to,
                    std::span<std::uint64_t>(mine), from);
    comm.together([&] {
      dealt = {};
      std::vector<std::uint64_t> again = repeated(mine);
      doubled.rows += again.size();
      std::ranges::sort(again);
      again.erase(std::unique(again.begin(), again.end()), again.end());
      doubled.rows += again.size();
      doubled.keys += again.size();
      if (!again.empty()) {
        example = std::min(example, again.front());
      }
    });
  }
  return {comm.all_sum(doubled.keys), comm.all_sum(doubled.rows), comm.all_min(example)};
}

std::pair<std::uint64_t, std::uint64_t> first_two(const comm::Communicator& comm,
                                                  std::span<const std::uint64_t> keys,
                                                  std::uint64_t key, std::uint64_t first_row) {
  const auto next = [&](std::uint64_t from) {
    for (std::uint64_t row = std::max(from, first_row) - first_row; row < keys.size(); ++row) {
      if (keys[row] == key) {
        return first_row + row;
      }
    }
    return kNoRow;
  };
  const std::uint64_t first = comm.all_min(next(0));
  return {first, comm.all_min(next(first + 1))};
}

}  // namespace tessera::features
