// The random choices of seeding: functions of (seed, purpose, restart, step) and of the rows' keys,
// never of the ranks or of the rows' order.
#pragma once

#include <cstdint>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/draw_rows.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::cluster {

/// Random numbers for one purpose (numeric::Purpose) of one restart.
class SeedingRandom {
 public:
  SeedingRandom(std::uint64_t seed, std::uint32_t purpose, std::uint32_t restart)
      : random_(seed, purpose), restart_(restart) {}

  /// The i-th of a step, both below 2^32.
  [[nodiscard]] double uniform(std::uint64_t step, std::uint64_t i) const {
    return random_.uniform(step << 32U | i, restart_);
  }
  /// Those of the rows in a step.
  [[nodiscard]] numeric::KeyedRandom of_rows(std::uint64_t step) const {
    return random_.keyed(step << 32U, restart_);
  }

 private:
  numeric::Random random_;
  std::uint32_t restart_;
};

/// Collective. `count` rows (all, if there are fewer), each as likely as any other, on every rank,
/// in the order of their keys.
[[nodiscard]] inline features::FeatureRows first_rows(const comm::Communicator& comm,
                                                      const features::FeatureRows& shard,
                                                      std::uint64_t count, std::uint64_t seed,
                                                      std::uint32_t purpose,
                                                      std::uint32_t restart) {
  const numeric::KeyedRandom random = SeedingRandom(seed, purpose, restart).of_rows(0);
  return features::gather_by_key(comm, shard, features::draw_rows(comm, shard, count, random)).rows;
}

}  // namespace tessera::cluster
