#include "tessera/comm/thread_ranks.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "comm/collective_call.hpp"

namespace tessera::comm {
namespace {

// Up to so many elements every rank reduces for itself, which saves a meeting.
constexpr std::size_t kFewElements = 64;

/// Why a rank cannot go on: another one failed. Not what the caller of run_on_threads() hears.
struct Deserted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a rank shows to the others between two meetings.
struct Shown {
  const void* values = nullptr;
  std::span<const std::byte> bytes;
  std::span<const std::uint64_t> to;
};

/// Where the ranks of a group meet.
class Meeting {
 public:
  explicit Meeting(int ranks)
      : calls_(static_cast<std::size_t>(ranks)), shown_(static_cast<std::size_t>(ranks)) {}

  /// What a rank is to show at its next meeting; nobody looks before that.
  [[nodiscard]] Shown& mine(int rank) { return shown_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] std::span<const Shown> shown() const { return shown_; }

  /// Returns when all ranks have come, with the same call.
  void meet(int rank, const CollectiveCall& call) {
    std::unique_lock lock(mutex_);
    throw_if_broken();
    calls_[static_cast<std::size_t>(rank)] = call;
    if (++arrived_ < calls_.size()) {
      const std::uint64_t ours = done_;
      changed_.wait(lock, [&] { return done_ != ours || broken_ || different_; });
      if (done_ == ours) {
        throw_if_broken();
      }
      return;
    }
    why_ = find_difference(calls_, done_);
    different_ = !why_.empty();
    if (!different_) {
      arrived_ = 0;
      ++done_;
    }
    changed_.notify_all();
    throw_if_broken();
  }

  /// A rank leaves, and no meeting can take place any more.
  void desert(const std::string& why) {
    const std::scoped_lock lock(mutex_);
    if (!broken_ && !different_) {
      broken_ = true;
      why_ = why;
    }
    changed_.notify_all();
  }

 private:
  void throw_if_broken() const {
    if (different_) {
      throw std::logic_error(why_);
    }
    if (broken_) {
      throw Deserted(why_);
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<CollectiveCall> calls_;
  std::vector<Shown> shown_;
  std::size_t arrived_ = 0;
  std::uint64_t done_ = 0;  // meetings
  bool different_ = false;
  bool broken_ = false;
  std::string why_;
};

template <typename T>
void reduce(std::span<const Shown> shown, std::size_t first, std::span<T> out, Op op) {
  // integers wrap, as in MPI
  using Sum = std::conditional_t<std::is_same_v<T, std::int64_t>, std::uint64_t, T>;
  for (std::size_t r = 0; r < shown.size(); ++r) {
    const T* const theirs = static_cast<const T*>(shown[r].values) + first;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (r == 0) {
        out[i] = theirs[i];
      } else if (op == Op::kSum) {
        out[i] = static_cast<T>(static_cast<Sum>(out[i]) + static_cast<Sum>(theirs[i]));
      } else {
        out[i] = op == Op::kMin ? std::min(out[i], theirs[i]) : std::max(out[i], theirs[i]);
      }
    }
  }
}

class ThreadCommunicator final : public Communicator {
 public:
  ThreadCommunicator(Meeting& meeting, int rank, int size)
      : meeting_(meeting), rank_(rank), size_(size) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  [[nodiscard]] int nodes() const override { return 1; }
  void barrier() const override { meet({.what = Collective::kBarrier}); }

  void end() const { meet({.what = Collective::kEnd}); }

 protected:
  void all_reduce_raw(void* values, std::size_t count, Type type, Op op) const override {
    switch (type) {
      case Type::kInt64:
        return all_reduce(std::span(static_cast<std::int64_t*>(values), count), type, op);
      case Type::kUint64:
        return all_reduce(std::span(static_cast<std::uint64_t*>(values), count), type, op);
      case Type::kDouble:
        return all_reduce(std::span(static_cast<double*>(values), count), type, op);
    }
  }

  void exclusive_sum_raw(std::span<std::int64_t> values) const override {
    const CollectiveCall call{.what = Collective::kExclusiveSum, .count = values.size()};
    meeting_.mine(rank_).values = values.data();
    meet(call);
    std::vector<std::uint64_t> below(values.size());
    for (const Shown& theirs : meeting_.shown().first(static_cast<std::size_t>(rank_))) {
      const auto* const their_values = static_cast<const std::int64_t*>(theirs.values);
      for (std::size_t i = 0; i < below.size(); ++i) {
        below[i] += static_cast<std::uint64_t>(their_values[i]);
      }
    }
    meet(call);
    std::ranges::transform(below, values.begin(),
                           [](std::uint64_t sum) { return static_cast<std::int64_t>(sum); });
  }

  std::vector<std::byte> all_gather_raw(std::span<const std::byte> mine) const override {
    const CollectiveCall call{.what = Collective::kAllGather};
    meeting_.mine(rank_).bytes = mine;
    meet(call);
    std::vector<std::byte> all;
    for (const Shown& theirs : meeting_.shown()) {
      all.insert(all.end(), theirs.bytes.begin(), theirs.bytes.end());
    }
    meet(call);
    return all;
  }

  void broadcast_raw(std::span<std::byte> bytes, int root) const override {
    const CollectiveCall call{.what = Collective::kBroadcast, .root = root, .count = bytes.size()};
    meeting_.mine(rank_).bytes = bytes;
    meet(call);
    if (rank_ != root) {
      std::ranges::copy(meeting_.shown()[static_cast<std::size_t>(root)].bytes, bytes.begin());
    }
    meet(call);
  }

  void all_to_all_raw(std::span<const std::byte> mine, std::span<const std::uint64_t> to,
                      std::span<std::byte> received, std::span<const std::uint64_t> from,
                      std::size_t width) const override {
    const CollectiveCall call{.what = Collective::kAllToAll, .count = width};
    meeting_.mine(rank_).bytes = mine;
    meeting_.mine(rank_).to = to;
    meet(call);
    auto* at = received.data();
    for (std::size_t r = 0; r < from.size(); ++r) {
      const Shown& theirs = meeting_.shown()[r];
      std::uint64_t before = 0;
      for (const std::uint64_t count : theirs.to.first(static_cast<std::size_t>(rank_))) {
        before += count;
      }
      const std::uint64_t count = theirs.to[static_cast<std::size_t>(rank_)];
      if (count != from[r]) {
        throw std::logic_error("rank " + std::to_string(r) + " deals " + std::to_string(count) +
                               " elements to rank " + std::to_string(rank_) + ", which expects " +
                               std::to_string(from[r]));
      }
      at = std::ranges::copy(theirs.bytes.subspan(before * width, count * width), at).out;
    }
    meet(call);
  }

 private:
  void meet(CollectiveCall call) const {
    call.phase = in_phase() ? 1 : 0;
    meeting_.meet(rank_, call);
  }

  template <typename T>
  void all_reduce(std::span<T> values, Type type, Op op) const {
    const CollectiveCall call{
        .what = Collective::kAllReduce, .type = type, .op = op, .count = values.size()};
    meeting_.mine(rank_).values = values.data();
    meet(call);
    if (values.size() <= kFewElements) {
      std::vector<T> reduced(values.size());
      reduce(meeting_.shown(), 0, std::span(reduced), op);
      meet(call);
      std::ranges::copy(reduced, values.begin());
      return;
    }
    // each rank reduces its share, which the others then take from it
    const Share share = share_of(values.size(), rank_, size_);
    std::vector<T> reduced(share.count);
    reduce(meeting_.shown(), share.first, std::span(reduced), op);
    meeting_.mine(rank_).bytes = std::as_bytes(std::span(reduced));
    meet(call);
    auto* at = std::as_writable_bytes(values).data();
    for (const Shown& theirs : meeting_.shown()) {
      at = std::ranges::copy(theirs.bytes, at).out;
    }
    meet(call);
  }

  Meeting& meeting_;
  int rank_;
  int size_;
};

}  // namespace

void run_on_threads(int ranks, const std::function<void(const Communicator&)>& body) {
  if (ranks < 1) {
    throw std::invalid_argument("a group has at least one rank");
  }
  Meeting meeting(ranks);
  std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(ranks));
  std::vector<std::exception_ptr> deserted(thrown.size());
  const auto run = [&](int rank) {
    const auto at = static_cast<std::size_t>(rank);
    try {
      const ThreadCommunicator comm(meeting, rank, ranks);
      body(comm);
      comm.end();
    } catch (const Deserted&) {
      deserted[at] = std::current_exception();
    } catch (...) {
      thrown[at] = std::current_exception();
      meeting.desert("rank " + std::to_string(rank) + " has failed alone");
    }
  };
  std::vector<std::thread> threads;
  try {
    for (int rank = 0; rank < ranks; ++rank) {
      threads.emplace_back(run, rank);
    }
  } catch (const std::exception&) {  // too many threads
    meeting.desert("not all ranks could be started");
    std::ranges::for_each(threads, &std::thread::join);
    throw;
  }
  std::ranges::for_each(threads, &std::thread::join);
  for (const auto* errors : {&thrown, &deserted}) {
    const auto first = std::ranges::find_if(*errors, [](const auto& e) { return e != nullptr; });
    if (first != errors->end()) {
      std::rethrow_exception(*first);
    }
  }
}

}  // namespace tessera::comm
