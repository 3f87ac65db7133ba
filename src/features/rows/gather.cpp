#include "tessera/features/rows/gather.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tessera::features {
namespace {

/// Rows of all ranks, in rank order.
struct Gathered {
  std::vector<float> numbers;
  std::vector<std::uint16_t> codes;
  std::vector<std::uint64_t> keys;
};

Gathered gather(const comm::Communicator& comm, const FeatureRows& shard,
                std::span<const std::uint64_t> mine) {
  const Space& space = shard.space();
  Gathered rows;
  rows.numbers.reserve(mine.size() * space.numeric);
  rows.codes.reserve(mine.size() * space.categories());
  for (const std::uint64_t row : mine) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      rows.numbers.push_back(shard.number(row, j));
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      rows.codes.push_back(shard.code(row, c));
    }
    rows.keys.push_back(shard.key(row));
  }
  return {comm.all_gather(rows.numbers), comm.all_gather(rows.codes), comm.all_gather(rows.keys)};
}

FeatureRows arrange(const FeatureRows& shard, const Gathered& gathered,
                    std::span<const std::uint64_t> places) {
  const Space& space = shard.space();
  FeatureRows rows(space, places.size(), 0, shard.categories().unseen());
  std::vector<std::uint64_t> keys;
  keys.reserve(places.size());
  for (std::uint64_t row = 0; row < places.size(); ++row) {
    const std::uint64_t place = places[row];
    for (std::size_t j = 0; j < space.numeric; ++j) {
      rows.set_number(row, j, gathered.numbers[place * space.numeric + j]);
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      rows.set_code(row, c, gathered.codes[place * space.categories() + c]);
    }
    keys.push_back(gathered.keys[place]);
  }
  rows.set_keys(std::move(keys));
  return rows;
}

std::vector<std::uint64_t> all_places(const Gathered& gathered) {
  std::vector<std::uint64_t> places(gathered.keys.size());
  std::iota(places.begin(), places.end(), std::uint64_t{0});
  return places;
}

/// Whether the values of row `a` come before those of row `b`.
template <typename Value>
bool values_before(const std::vector<Value>& values, std::size_t width, std::uint64_t a,
                   std::uint64_t b) {
  const std::span all(values);
  return std::ranges::lexicographical_compare(all.subspan(a * width, width),
                                              all.subspan(b * width, width));
}

}  // namespace

FeatureRows gather_rows(const comm::Communicator& comm, const FeatureRows& shard,
                        std::span<const std::uint64_t> mine) {
  const Gathered gathered = gather(comm, shard, mine);
  return arrange(shard, gathered, all_places(gathered));
}

KeyOrderedRows gather_by_key(const comm::Communicator& comm, const FeatureRows& shard,
                             std::span<const std::uint64_t> mine) {
  const Gathered gathered = gather(comm, shard, mine);
  const Space& space = shard.space();
  std::vector<std::uint64_t> places = all_places(gathered);
  std::ranges::sort(places, [&](std::uint64_t a, std::uint64_t b) {
    if (gathered.keys[a] != gathered.keys[b]) {
      return gathered.keys[a] < gathered.keys[b];
    }
    if (values_before(gathered.numbers, space.numeric, a, b)) {
      return true;
    }
    return !values_before(gathered.numbers, space.numeric, b, a) &&
           values_before(gathered.codes, space.categories(), a, b);
  });
  FeatureRows rows = arrange(shard, gathered, places);
  return {std::move(rows), std::move(places)};
}

FeatureRows gather_table_rows(const comm::Communicator& comm, const FeatureRows& shard,
                              std::span<const std::uint64_t> wanted) {
  std::vector<std::uint64_t> mine;
  for (const std::uint64_t row : wanted) {
    if (shard.contains(row)) {
      mine.push_back(row - shard.first_row());
    }
  }
  return gather_rows(comm, shard, mine);
}

}  // namespace tessera::features
