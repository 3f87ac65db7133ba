#include "tessera/features/rows/gather.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tessera::features {
namespace {

/// Rows of all ranks, in rank order.
struct Gathered {
  RowValues values;
  std::vector<std::uint64_t> keys;
};

Gathered gather(const comm::Communicator& comm, const FeatureRows& shard,
                std::span<const std::uint64_t> mine) {
  std::vector<std::uint64_t> keys;
  keys.reserve(mine.size());
  for (const std::uint64_t row : mine) {
    keys.push_back(shard.key(row));
  }
  return {gather_values(comm, shard, mine), comm.all_gather(keys)};
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
      rows.set_number(row, j, gathered.values.numbers[place * space.numeric + j]);
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      rows.set_code(row, c, gathered.values.codes[place * space.categories() + c]);
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

RowValues gather_values(const comm::Communicator& comm, const FeatureRows& shard,
                        std::span<const std::uint64_t> mine) {
  const Space& space = shard.space();
  RowValues values;
  values.numbers.reserve(mine.size() * space.numeric);
  values.codes.reserve(mine.size() * space.categories());
  for (const std::uint64_t row : mine) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      values.numbers.push_back(shard.number(row, j));
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      values.codes.push_back(shard.code(row, c));
    }
  }
  return {comm.all_gather(values.numbers), comm.all_gather(values.codes)};
}

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
    if (values_before(gathered.values.numbers, space.numeric, a, b)) {
      return true;
    }
    return !values_before(gathered.values.numbers, space.numeric, b, a) &&
           values_before(gathered.values.codes, space.categories(), a, b);
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
