#include "comm/checked_communicator.hpp"

#include <stdexcept>
#include <string>

namespace tessera::comm {

void CheckedCommunicator::agree(CollectiveCall call) const {
  call.phase = in_phase() ? 1 : 0;
  const std::vector<CollectiveCall> by_rank =
      inner_->all_gather(std::span<const CollectiveCall>(&call, 1));
  const std::string difference = find_difference(by_rank, done_);
  if (!difference.empty()) {
    throw std::logic_error(difference);
  }
  ++done_;
}

void CheckedCommunicator::end() const { agree({.what = Collective::kEnd}); }

void CheckedCommunicator::barrier() const {
  agree({.what = Collective::kBarrier});
  inner_->barrier();
}

void CheckedCommunicator::all_reduce_raw(void* values, std::size_t count, Type type, Op op) const {
  agree({.what = Collective::kAllReduce, .type = type, .op = op, .count = count});
  inner_->all_reduce_raw(values, count, type, op);
}

void CheckedCommunicator::exclusive_sum_raw(std::span<std::int64_t> values) const {
  agree({.what = Collective::kExclusiveSum, .count = values.size()});
  inner_->exclusive_sum_raw(values);
}

std::vector<std::byte> CheckedCommunicator::all_gather_raw(std::span<const std::byte> mine) const {
  agree({.what = Collective::kAllGather});
  return inner_->all_gather_raw(mine);
}

void CheckedCommunicator::broadcast_raw(std::span<std::byte> bytes, int root) const {
  agree({.what = Collective::kBroadcast, .root = root, .count = bytes.size()});
  inner_->broadcast_raw(bytes, root);
}

void CheckedCommunicator::all_to_all_raw(std::span<const std::byte> mine,
                                         std::span<const std::uint64_t> to,
                                         std::span<std::byte> received,
                                         std::span<const std::uint64_t> from,
                                         std::size_t width) const {
  agree({.what = Collective::kAllToAll, .count = width});
  inner_->all_to_all_raw(mine, to, received, from, width);
}

}  // namespace tessera::comm
