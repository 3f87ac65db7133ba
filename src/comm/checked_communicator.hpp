/// \file
/// A communicator that has all ranks agree on what they call before they call it. Private to
/// src/comm.
#pragma once

#include <memory>

#include "comm/collective_call.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::comm {

/// Hands every collective on to another communicator, after one all-gather in which the ranks say
/// what they are about to call. Throws std::logic_error on all ranks where that is not the same
/// (see find_difference): a bug, which without the check is a hang or a wrong result.
class CheckedCommunicator final : public Communicator {
 public:
  explicit CheckedCommunicator(std::unique_ptr<Communicator> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] int rank() const override { return inner_->rank(); }
  [[nodiscard]] int size() const override { return inner_->size(); }
  [[nodiscard]] int nodes() const override { return inner_->nodes(); }
  void barrier() const override;

  /// Collective: the last call. Throws if other ranks still call something.
  void end() const;

 protected:
  void all_reduce_raw(void* values, std::size_t count, Type type, Op op) const override;
  void exclusive_sum_raw(std::span<std::int64_t> values) const override;
  std::vector<std::byte> all_gather_raw(std::span<const std::byte> mine) const override;
  void broadcast_raw(std::span<std::byte> bytes, int root) const override;
  void all_to_all_raw(std::span<const std::byte> mine, std::span<const std::uint64_t> to,
                      std::span<std::byte> received, std::span<const std::uint64_t> from,
                      std::size_t width) const override;

 private:
  void agree(CollectiveCall call) const;

  std::unique_ptr<Communicator> inner_;
  mutable std::uint64_t done_ = 0;
};

}  // namespace tessera::comm
