/// \file
/// A group of ranks and what they can do together. Algorithms take a `Communicator&` and never see
/// MPI: the same code runs alone (LocalCommunicator), under mpirun (MpiSession::world()), and in
/// tests on threads (run_on_threads()).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace tessera::comm {

enum class Op { kSum, kMin, kMax };

/// Name of the host that this process runs on; "?" if it has none.
[[nodiscard]] std::string host_name();

/// Element types that a reduction understands.
enum class Type { kInt64, kUint64, kDouble };

/// Abstract group of ranks. Every method but rank(), size() and is_root() is collective: all ranks
/// call it, in the same order, with equal counts where a count is taken. Counts and sizes are
/// 64-bit; implementations split what their transport cannot take in one message.
class Communicator {
 public:
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  virtual ~Communicator() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  [[nodiscard]] bool is_root() const { return rank() == 0; }

  /// Number of distinct hosts that the ranks run on.
  [[nodiscard]] virtual int nodes() const = 0;

  /// Element-wise reduction in place. Sums are offered for integers only: adding floating-point
  /// numbers depends on the order, and so on the number of ranks.
  template <typename T>
  void all_reduce(std::span<T> values, Op op) const {
    all_reduce_raw(values.data(), values.size(), type_of<T>(), op);
  }
  void all_reduce(std::span<double> values, Op op) const;

  template <typename T>
  [[nodiscard]] T all_sum(T value) const {
    static_assert(std::is_integral_v<T>, "sums over ranks are integer sums");
    all_reduce(std::span<T>(&value, 1), Op::kSum);
    return value;
  }
  template <typename T>
  [[nodiscard]] T all_min(T value) const {
    all_reduce(std::span<T>(&value, 1), Op::kMin);
    return value;
  }
  template <typename T>
  [[nodiscard]] T all_max(T value) const {
    all_reduce(std::span<T>(&value, 1), Op::kMax);
    return value;
  }

  /// Sum of `value` over the ranks below this one; 0 on rank 0.
  template <typename T>
  [[nodiscard]] T sum_of_lower_ranks(T value) const {
    sum_of_lower_ranks(std::span<T>(&value, 1));
    return value;
  }
  /// The same of each element, in place; equal counts on all ranks.
  template <typename T>
  void sum_of_lower_ranks(std::span<T> values) const {
    static_assert(std::is_integral_v<T> && sizeof(T) == 8);
    // signed and unsigned integers of the same width are added alike
    exclusive_sum_raw({reinterpret_cast<std::int64_t*>(values.data()), values.size()});
  }

  /// Every rank's elements, concatenated in rank order. The ranks may bring different counts.
  template <typename T>
  [[nodiscard]] std::vector<T> all_gather(std::span<const T> mine) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::vector<std::byte> bytes = all_gather_raw(std::as_bytes(mine));
    std::vector<T> all(bytes.size() / sizeof(T));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::byte*>(all.data()));
    return all;
  }
  template <typename T>
  [[nodiscard]] std::vector<T> all_gather(const std::vector<T>& mine) const {
    return all_gather(std::span<const T>(mine));
  }

  /// Every rank's string, in rank order.
  [[nodiscard]] std::vector<std::string> all_gather_strings(const std::string& mine) const;

  /// Overwrites `values` on every rank with those of `root`; equal counts on all ranks.
  template <typename T>
  void broadcast(std::span<T> values, int root) const {
    static_assert(std::is_trivially_copyable_v<T>);
    broadcast_raw(std::as_writable_bytes(values), root);
  }

  /// The string of `root`, whose length the others need not know.
  [[nodiscard]] std::string broadcast(std::string text, int root) const;

  /// Deals `mine` out, the next to[r] elements to rank r, and fills `received` with what all ranks
  /// deal to this one, the next from[r] elements by rank r. Ranks that deal each other nothing
  /// exchange no message.
  template <typename T>
  void all_to_all(std::span<const T> mine, std::span<const std::uint64_t> to, std::span<T> received,
                  std::span<const std::uint64_t> from) const {
    static_assert(std::is_trivially_copyable_v<T>);
    all_to_all_raw(std::as_bytes(mine), to, std::as_writable_bytes(received), from, sizeof(T));
  }

  virtual void barrier() const = 0;

  /// Runs `phase` on every rank and then agrees on whether it went well. If it threw anywhere, all
  /// ranks throw the Error of the lowest rank that failed, so that a job ends with one message and
  /// no rank waits for another. `phase` must not call collectives itself.
  void together(const std::function<void()>& phase) const;

 protected:
  friend class CheckedCommunicator;  // hands the calls of another one on

  /// True while this rank is within together(), where it must not call collectives.
  [[nodiscard]] bool in_phase() const { return in_phase_; }

  virtual void all_reduce_raw(void* values, std::size_t count, Type type, Op op) const = 0;
  virtual void exclusive_sum_raw(std::span<std::int64_t> values) const = 0;
  virtual std::vector<std::byte> all_gather_raw(std::span<const std::byte> mine) const = 0;
  virtual void broadcast_raw(std::span<std::byte> bytes, int root) const = 0;
  virtual void all_to_all_raw(std::span<const std::byte> mine, std::span<const std::uint64_t> to,
                              std::span<std::byte> received, std::span<const std::uint64_t> from,
                              std::size_t width) const = 0;

 private:
  template <typename T>
  static constexpr Type type_of() {
    static_assert(std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t>,
                  "reduce 64-bit integers");
    return std::is_same_v<T, std::int64_t> ? Type::kInt64 : Type::kUint64;
  }

  mutable bool in_phase_ = false;
};

/// The group of one rank: every collective is a no-op or a copy.
class LocalCommunicator final : public Communicator {
 public:
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  [[nodiscard]] int nodes() const override { return 1; }
  void barrier() const override {}

 protected:
  void all_reduce_raw(void*, std::size_t, Type, Op) const override {}
  void exclusive_sum_raw(std::span<std::int64_t> values) const override {
    std::fill(values.begin(), values.end(), 0);
  }
  std::vector<std::byte> all_gather_raw(std::span<const std::byte> mine) const override {
    return {mine.begin(), mine.end()};
  }
  void broadcast_raw(std::span<std::byte>, int) const override {}
  void all_to_all_raw(std::span<const std::byte> mine, std::span<const std::uint64_t>,
                      std::span<std::byte> received, std::span<const std::uint64_t>,
                      std::size_t) const override {
    std::copy(mine.begin(), mine.end(), received.begin());
  }
};

/// The contiguous rows [first, first + count) that `rank` of `ranks` holds of `rows`: equal shares,
/// the first (rows mod ranks) of them one longer. With fewer rows than ranks some shares are empty.
struct Share {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};
[[nodiscard]] constexpr Share share_of(std::uint64_t rows, int rank, int ranks) {
  const auto r = static_cast<std::uint64_t>(rank);
  const auto p = static_cast<std::uint64_t>(ranks);
  const std::uint64_t base = rows / p;
  const std::uint64_t longer = rows % p;
  return {r * base + (r < longer ? r : longer), base + (r < longer ? 1U : 0U)};
}

}  // namespace tessera::comm
