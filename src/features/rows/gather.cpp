#include "tessera/features/rows/gather.hpp"

namespace tessera::features {

FeatureRows gather_rows(const comm::Communicator& comm, const FeatureRows& shard,
                        std::span<const std::uint64_t> mine) {
  const Space& space = shard.space();
  std::vector<float> numbers;
  std::vector<std::uint16_t> codes;
  numbers.reserve(mine.size() * space.numeric);
  codes.reserve(mine.size() * space.categories());
  for (const std::uint64_t row : mine) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      numbers.push_back(shard.number(row, j));
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      codes.push_back(shard.code(row, c));
    }
  }
  numbers = comm.all_gather(numbers);
  codes = comm.all_gather(codes);
  const std::uint64_t count = comm.all_sum(static_cast<std::uint64_t>(mine.size()));
  FeatureRows all(space, count, 0, shard.categories().unseen());
  for (std::uint64_t row = 0; row < count; ++row) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      all.set_number(row, j, numbers[row * space.numeric + j]);
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      all.set_code(row, c, codes[row * space.categories() + c]);
    }
  }
  return all;
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
