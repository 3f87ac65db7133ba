// Groups on their way between ranks.
#pragma once

#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "rfm/groups.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::rfm {

/// Elements that every rank deals out, the next to[r] of them to rank r.
class Dealing {
 public:
  /// Collective: tells the others how many there will be.
  Dealing(const comm::Communicator& comm, std::vector<std::uint64_t> to);

  /// Collective: what all ranks deal to this one, by rank.
  template <typename T>
  [[nodiscard]] std::vector<T> operator()(std::span<const T> mine) const {
    std::vector<T> received;
    comm_.together(
        [&] { received.resize(std::accumulate(from_.begin(), from_.end(), std::uint64_t{0})); });
    comm_.all_to_all(mine, to_, std::span<T>(received), from_);
    return received;
  }
  [[nodiscard]] const std::vector<std::uint64_t>& to() const { return to_; }
  [[nodiscard]] const std::vector<std::uint64_t>& from() const { return from_; }

 private:
  const comm::Communicator& comm_;
  std::vector<std::uint64_t> to_;
  std::vector<std::uint64_t> from_;
};

/// The sum of the next counts[r] values, for each r.
[[nodiscard]] std::vector<std::uint64_t> sums_of(std::span<const std::uint64_t> values,
                                                 std::span<const std::uint64_t> counts);

/// Collective. Deals out `mine`, the next to[r] groups to rank r; each bill's group counts from the
/// first one for the same rank, and the next bills_to[r] bills are for rank r. Bills of what comes
/// back count from the first group of all.
[[nodiscard]] Parts exchange(const comm::Communicator& comm, Parts mine,
                             std::vector<std::uint64_t> to, const Held& held,
                             std::vector<std::uint64_t> bills_to);

/// Collective. Sends the groups of `local` to the ranks that own them, by their ids, where they
/// become part of `owned`; `local` is empty then.
void send_to_owners(const comm::Communicator& comm, Groups& local, Groups& owned);

/// Which of so many parts a hash belongs to: those of a part lie side by side.
[[nodiscard]] std::size_t owner_of(std::uint64_t hash, std::size_t parts);

/// Groups sorted by parts, each bill's group counted from the first one of its part.
struct Sent {
  Parts parts;
  std::vector<std::uint64_t> to;        ///< groups of each part
  std::vector<std::uint64_t> bills_to;  ///< bills of each part
};
/// owner(hash of an id): its part, of `count`.
[[nodiscard]] Sent dealt(const Groups& groups, std::size_t count,
                         const std::function<std::size_t(std::uint64_t)>& owner);

/// Groups `order`, one after the other, without bills.
[[nodiscard]] Parts parts_of(const Groups& groups, std::span<const std::uint64_t> order);

}  // namespace tessera::rfm
