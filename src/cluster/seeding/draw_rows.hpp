// The random choices of seeding: functions of (seed, purpose, restart, step), never of the ranks.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::cluster {

/// Random numbers for one purpose (numeric::Purpose) of one restart: the i-th of a step, both below
/// 2^32.
class SeedingRandom {
 public:
  SeedingRandom(std::uint64_t seed, std::uint32_t purpose, std::uint32_t restart)
      : random_(seed, purpose), restart_(restart) {}

  [[nodiscard]] double uniform(std::uint64_t step, std::uint64_t i) const {
    return random_.uniform(step << 32U | i, restart_);
  }
  [[nodiscard]] std::uint64_t below(std::uint64_t bound, std::uint64_t step,
                                    std::uint64_t i) const {
    return random_.below(bound, step << 32U | i, restart_);
  }

 private:
  numeric::Random random_;
  std::uint32_t restart_;
};

/// Rows of a shard that were drawn, by local number, ascending.
struct DrawnRows {
  std::vector<std::uint64_t> rows;
  std::vector<std::uint32_t> times;  ///< how often each was drawn
  std::uint64_t total = 0;           ///< mass of the whole table
};

/// Collective. Draws `count` rows of the table in proportion to `mass`, a function of the local row
/// number whose sum over the table is below 2^63: the running sum over the table is cut into equal
/// shares, and a random mark in each share falls on a row. None if all masses are 0.
template <typename Mass>
[[nodiscard]] DrawnRows draw_rows(const comm::Communicator& comm,
                                  const features::FeatureRows& shard, std::uint32_t count,
                                  const SeedingRandom& random, std::uint64_t step,
                                  const Mass& mass) {
  std::uint64_t mine = 0;
  for (std::uint64_t row = 0; row < shard.rows(); ++row) {
    mine += mass(row);
  }
  DrawnRows drawn;
  drawn.total = comm.all_sum(mine);
  const std::uint64_t first = comm.sum_of_lower_ranks(mine);
  std::uint64_t row = 0;
  std::uint64_t passed = first;  // the mass of all rows before this one
  for (std::uint32_t i = 0; i < count; ++i) {
    const comm::Share share =
        comm::share_of(drawn.total, static_cast<int>(i), static_cast<int>(count));
    if (share.count == 0 || share.first + share.count <= first || share.first >= first + mine) {
      continue;
    }
    const std::uint64_t mark = share.first + random.below(share.count, step, i);
    if (mark < first || mark >= first + mine) {
      continue;
    }
    for (std::uint64_t next = passed + mass(row); next <= mark; next += mass(row)) {
      passed = next;
      ++row;
    }
    if (drawn.rows.empty() || drawn.rows.back() != row) {
      drawn.rows.push_back(row);
      drawn.times.push_back(0);
    }
    ++drawn.times.back();
  }
  return drawn;
}

/// Collective. `count` distinct rows (all, if there are fewer) spread over the table, on every
/// rank.
[[nodiscard]] inline features::FeatureRows first_rows(const comm::Communicator& comm,
                                                      const features::FeatureRows& shard,
                                                      std::uint32_t count, std::uint64_t seed,
                                                      std::uint32_t restart) {
  const SeedingRandom random(seed, numeric::kSeedingFirst, restart);
  const DrawnRows drawn =
      draw_rows(comm, shard, count, random, 0, [](std::uint64_t) { return std::uint64_t{1}; });
  return features::gather_rows(comm, shard, drawn.rows);
}

}  // namespace tessera::cluster
