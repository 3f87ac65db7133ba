#include "tessera/features/rows/doubled_keys.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tessera/numeric/int128.hpp"

namespace tessera::features {
namespace {

constexpr std::uint64_t kSlice = std::uint64_t{1} << 16U;  // about so many keys per rank at once
constexpr std::uint64_t kMostSlices = 256;
constexpr std::uint64_t kNoRow = std::numeric_limits<std::uint64_t>::max();

/// Which of `parts` equal parts of the range of all 64-bit numbers `bits` lies in.
std::uint64_t part_of(std::uint64_t bits, std::uint64_t parts) {
  return static_cast<std::uint64_t>((numeric::Uint128{bits} * parts) >> 64U);
}

/// Keys by the slice in which they are dealt out, and then by the rank that looks after them.
class Dealt {
 public:
  Dealt(std::span<const std::uint64_t> keys, std::uint64_t none, std::uint64_t slices,
        std::uint64_t ranks)
      : ranks_(ranks), counts_(slices * ranks) {
    const auto bin_of = [&](std::uint64_t key) {  // the ranks go by the upper half of a key
      return part_of(key << 32U, slices) * ranks + part_of(key, ranks);
    };
    for (const std::uint64_t key : keys) {
      counts_[bin_of(key)] += key != none ? 1U : 0U;
    }
    std::vector<std::uint64_t> ends(counts_.size());
    std::exclusive_scan(counts_.begin(), counts_.end(), ends.begin(), std::uint64_t{0});
    keys_.resize(ends.back() + counts_.back());
    for (const std::uint64_t key : keys) {
      if (key != none) {
        keys_[ends[bin_of(key)]++] = key;
      }
    }
  }

  /// How many keys of a slice go to each rank.
  [[nodiscard]] std::span<const std::uint64_t> to(std::uint64_t slice) const {
    return std::span(counts_).subspan(slice * ranks_, ranks_);
  }
  /// The keys of the slice that comes after those taken so far.
  [[nodiscard]] std::span<const std::uint64_t> take(std::uint64_t slice) {
    const std::span<const std::uint64_t> each = to(slice);
    const std::uint64_t count = std::accumulate(each.begin(), each.end(), std::uint64_t{0});
    taken_ += count;
    return std::span(keys_).subspan(taken_ - count, count);
  }

 private:
  std::uint64_t ranks_;
  std::vector<std::uint64_t> counts_;  // slices x ranks
  std::vector<std::uint64_t> keys_;
  std::uint64_t taken_ = 0;
};

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
  std::optional<Dealt> dealt;
  comm.together([&] { dealt.emplace(keys, none, slices, ranks); });
  for (std::uint64_t slice = 0; slice < slices; ++slice) {
    std::vector<std::uint64_t> from(ranks);
    comm.all_to_all(dealt->to(slice), one_each, std::span<std::uint64_t>(from), one_each);
    std::vector<std::uint64_t> mine;
    comm.together(
        [&] { mine.resize(std::accumulate(from.begin(), from.end(), std::uint64_t{0})); });
    comm.all_to_all(dealt->take(slice), dealt->to(slice), std::span<std::uint64_t>(mine), from);
    comm.together([&] {
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

std::vector<double> masses_of_keys(const comm::Communicator& comm,
                                   std::span<const std::uint64_t> keys,
                                   std::span<const numeric::Mass> masses) {
  struct Sent {
    std::uint64_t key;
    numeric::Mass mass;
  };
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  std::vector<std::uint64_t> to(ranks);
  std::vector<std::uint64_t> rows(keys.size());  // in the order in which they are sent
  std::vector<Sent> sent(keys.size());
  comm.together([&] {
    for (const std::uint64_t key : keys) {
      ++to[part_of(key, ranks)];
    }
    std::vector<std::uint64_t> next(ranks);
    std::exclusive_scan(to.begin(), to.end(), next.begin(), std::uint64_t{0});
    for (std::uint64_t row = 0; row < keys.size(); ++row) {
      const std::uint64_t at = next[part_of(keys[row], ranks)]++;
      rows[at] = row;
      sent[at] = {keys[row], masses.empty() ? 1 : masses[row]};
    }
  });
  const std::vector<std::uint64_t> one_each(ranks, 1);
  std::vector<std::uint64_t> from(ranks);
  comm.all_to_all(std::span<const std::uint64_t>(to), one_each, std::span<std::uint64_t>(from),
                  one_each);
  std::vector<Sent> received;
  std::vector<double> answers;
  comm.together([&] {
    received.resize(std::accumulate(from.begin(), from.end(), std::uint64_t{0}));
    answers.resize(received.size());
  });
  comm.all_to_all(std::span<const Sent>(sent), to, std::span<Sent>(received), from);
  comm.together([&] {
    sent = {};
    struct Together {
      std::size_t first;
      numeric::Int128 mass;
    };
    std::unordered_map<std::uint64_t, Together> by_key;
    by_key.reserve(received.size());
    for (std::size_t i = 0; i < received.size(); ++i) {
      by_key.try_emplace(received[i].key, Together{i, 0}).first->second.mass += received[i].mass;
    }
    for (const auto& [key, together] : by_key) {
      answers[together.first] = static_cast<double>(together.mass);
    }
  });
  std::vector<double> in_order(keys.size());
  comm.all_to_all(std::span<const double>(answers), from, std::span<double>(in_order), to);
  std::vector<double> drawn(keys.size());
  for (std::uint64_t at = 0; at < rows.size(); ++at) {
    drawn[rows[at]] = in_order[at];
  }
  return drawn;
}

}  // namespace tessera::features
