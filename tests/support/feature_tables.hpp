// Prepared rows for tests: the whole table, or a rank's share of it.
#pragma once

#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::test {

/// Rows [share.first, share.first + share.count) of a table of `groups` overlapping groups, whose
/// row i depends on i and `seed` alone.
inline features::FeatureRows grouped_rows(const features::Space& space, comm::Share share,
                                          std::uint64_t groups, std::uint64_t seed = 1,
                                          features::Unseen unseen = features::Unseen::kAbsent) {
  const numeric::Random random(seed, 1000);
  features::FeatureRows rows(space, share.count, share.first, unseen);
  for (std::uint64_t i = 0; i < share.count; ++i) {
    const std::uint64_t row = share.first + i;
    const std::uint64_t group = random.below(groups, row, 0);
    std::uint32_t draw = 1;
    for (std::size_t j = 0; j < space.numeric; ++j) {
      const double centre = 4 * random.uniform(group, 500 + static_cast<std::uint32_t>(j));
      const double noise = random.uniform(row, draw) + random.uniform(row, draw + 1) - 1;
      draw += 2;
      rows.set_number(i, j, static_cast<float>(centre + noise));
    }
    for (std::size_t c = 0; c < space.categories(); ++c) {
      const bool typical = random.uniform(row, draw++) < 0.7;
      const std::uint64_t level =
          typical ? group % space.levels[c] : random.below(space.levels[c], row, draw++);
      rows.set_code(i, c, static_cast<std::uint16_t>(level));
    }
  }
  return rows;
}

/// This rank's share of such a table.
inline features::FeatureRows grouped_shard(const comm::Communicator& comm,
                                           const features::Space& space, std::uint64_t rows,
                                           std::uint64_t groups, std::uint64_t seed = 1,
                                           features::Unseen unseen = features::Unseen::kAbsent) {
  return grouped_rows(space, comm::share_of(rows, comm.rank(), comm.size()), groups, seed, unseen);
}

/// All of it.
inline features::FeatureRows grouped_table(const features::Space& space, std::uint64_t rows,
                                           std::uint64_t groups, std::uint64_t seed = 1,
                                           features::Unseen unseen = features::Unseen::kAbsent) {
  return grouped_rows(space, {0, rows}, groups, seed, unseen);
}

/// Squared distance by definition, in double.
inline double squared_distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    sum += (double{a[j]} - double{b[j]}) * (double{a[j]} - double{b[j]});
  }
  return sum;
}

inline std::vector<float> dense_row(const features::FeatureRows& rows, std::uint64_t row) {
  std::vector<float> dense(rows.space().dimensions());
  rows.expand(row, dense);
  return dense;
}

}  // namespace tessera::test
