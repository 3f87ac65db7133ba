/// \file
/// Random samples of the rows of all shards: functions of the rows and their keys, never of the
/// ranks or of the rows' order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::features {

/// Collective. Draws `count` rows of the table (all, if there are fewer), each as likely as any
/// other: those with the smallest random numbers. Where rows have FeatureRows::drawn_masses(), in
/// proportion to these, as below. Returns this rank's among them, by local number, ascending. Of
/// rows of one key, which are alike, any may be taken.
[[nodiscard]] std::vector<std::uint64_t> draw_rows(const comm::Communicator& comm,
                                                   const FeatureRows& shard, std::uint64_t count,
                                                   const numeric::KeyedRandom& random);

/// Collective. Likewise `count` rows one after the other, each in proportion to its mass among
/// those left: the rows with the smallest exponentially distributed numbers over their mass (P.
/// Efraimidis and P. Spirakis, "Weighted random sampling with a reservoir", Inf. Proc. Letters 97,
/// 2006). Rows without mass are never drawn. `mass` has one number from 0 on per local row; `total`
/// is about their sum over the table and the same on all ranks: it tells how far to look.
[[nodiscard]] std::vector<std::uint64_t> draw_rows(const comm::Communicator& comm,
                                                   const FeatureRows& shard, std::uint64_t count,
                                                   const numeric::KeyedRandom& random,
                                                   std::span<const float> mass, double total);
[[nodiscard]] std::vector<std::uint64_t> draw_rows(const comm::Communicator& comm,
                                                   const FeatureRows& shard, std::uint64_t count,
                                                   const numeric::KeyedRandom& random,
                                                   std::span<const double> mass, double total);

/// Collective: how many rows of the table can be drawn: those that have mass.
[[nodiscard]] std::uint64_t rows_to_draw(const comm::Communicator& comm, const FeatureRows& shard);

}  // namespace tessera::features
