#include "comm/collective_call.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tessera::comm {
namespace {

const char* name_of(Op op) {
  switch (op) {
    case Op::kSum:
      return "sum";
    case Op::kMin:
      return "min";
    case Op::kMax:
      return "max";
  }
  return "?";
}

const char* name_of(Type type) {
  switch (type) {
    case Type::kInt64:
      return "int64";
    case Type::kUint64:
      return "uint64";
    case Type::kDouble:
      return "double";
  }
  return "?";
}

}  // namespace

std::string to_text(const CollectiveCall& call) {
  switch (call.what) {
    case Collective::kBarrier:
      return "barrier";
    case Collective::kAllReduce:
      return fmt::format("all_reduce ({} of {} {})", name_of(call.op), call.count,
                         name_of(call.type));
    case Collective::kExclusiveSum:
      return fmt::format("sum_of_lower_ranks (of {})", call.count);
    case Collective::kAllGather:
      return "all_gather";
    case Collective::kBroadcast:
      return fmt::format("broadcast ({} bytes from rank {})", call.count, call.root);
    case Collective::kAllToAll:
      return fmt::format("all_to_all (elements of {} bytes)", call.count);
    case Collective::kEnd:
      return "nothing more: it has ended";
  }
  return "?";
}

std::string find_difference(std::span<const CollectiveCall> by_rank, std::uint64_t done) {
  const CollectiveCall& first = by_rank[0];
  const auto other =
      std::ranges::find_if_not(by_rank, [&](const CollectiveCall& call) { return call == first; });
  const auto within = [](const CollectiveCall& call) {
    return call.phase == 0 ? "" : ", within together()";
  };
  if (other != by_rank.end()) {
    return fmt::format(
        "ranks call different collectives, after {} that were the same: rank 0 {}{}; rank {} {}{}",
        done, to_text(first), within(first), other - by_rank.begin(), to_text(*other),
        within(*other));
  }
  if (first.phase != 0) {
    return fmt::format("a collective within together(), where a rank may fail alone: {}",
                       to_text(first));
  }
  return {};
}

}  // namespace tessera::comm
