/// \file
/// What a rank asks of the others, to find out whether all ask for the same. Private to src/comm.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tessera/comm/communicator.hpp"

namespace tessera::comm {

enum class Collective : std::uint32_t {
  kBarrier,
  kAllReduce,
  kExclusiveSum,
  kAllGather,
  kBroadcast,
  kAllToAll,
  kEnd,  ///< none any more: the rank has done its work
};

/// One call, as far as it has to be the same on all ranks.
struct CollectiveCall {
  Collective what = Collective::kBarrier;
  std::int32_t root = 0;     ///< of a broadcast
  Type type = Type::kInt64;  ///< of a reduction
  Op op = Op::kSum;          ///< of a reduction
  /// Elements of a reduction or of sums, bytes of a broadcast or of one element dealt.
  std::uint64_t count = 0;
  std::uint64_t phase = 0;  ///< 1 within Communicator::together

  friend bool operator==(const CollectiveCall&, const CollectiveCall&) = default;
};

/// For people: "all_reduce (max of 3 int64)".
[[nodiscard]] std::string to_text(const CollectiveCall& call);

/// Empty if all ranks call the same, outside of Communicator::together. Else what is wrong, naming
/// the first rank that differs from rank 0, both calls, and how many collectives went well before.
[[nodiscard]] std::string find_difference(std::span<const CollectiveCall> by_rank,
                                          std::uint64_t done);

}  // namespace tessera::comm
