/// \file
/// Dealing rows out, from the ranks that have read them to those whose share they are. Private to
/// src/table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "table/records/row_places.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::table {

/// A rank reads its rows in the order of the table, so that those for one other rank follow one
/// another; what it receives comes rank by rank, and is then put into the order of the table.
class Deal {
 public:
  Deal(const comm::Communicator& comm, const RowPlaces& places);

  /// Collective: replaces one value for each row read by one for each row of the share.
  template <typename Value>
  void values(std::vector<Value>& values) const {
    exchange(values, to_, from_);
    in_order(values, pieces_);
  }

  /// Collective: the same of texts, whose sizes and bytes these are.
  void texts(std::vector<std::uint64_t>& sizes, std::vector<char>& bytes) const;

 private:
  /// Rows of the share that one rank has read, in the order of the table.
  struct Piece {
    std::uint64_t rank = 0;
    std::uint64_t count = 0;
  };

  /// Collective: sends the next to[r] values to rank r, and takes the next from[r] by rank r in
  /// their place. Those that stay, most of them as a rule, are moved in the memory that they have.
  template <typename Value>
  void exchange(std::vector<Value>& values, std::span<const std::uint64_t> to,
                std::span<const std::uint64_t> from) const {
    const auto me = static_cast<std::size_t>(comm_.rank());
    std::vector<std::uint64_t> others_to(to.begin(), to.end());
    std::vector<std::uint64_t> others_from(from.begin(), from.end());
    const std::uint64_t stay = std::exchange(others_to[me], 0);
    others_from[me] = 0;
    const std::uint64_t front = sum(to.first(me));  // for lower ranks
    std::vector<Value> sent(values.begin(), at(values, front));
    sent.insert(sent.end(), at(values, front + stay), values.end());
    std::vector<Value> taken(sum(others_from));
    comm_.all_to_all(std::span<const Value>(sent), others_to, std::span<Value>(taken), others_from);
    const std::uint64_t new_front = sum(from.first(me));
    values.resize(front + stay);
    values.reserve(stay + taken.size());  // and not twice as much
    if (new_front < front) {
      values.erase(values.begin(), at(values, front - new_front));
    } else {
      values.insert(values.begin(), new_front - front, Value());
    }
    std::copy(taken.begin(), at(taken, new_front), values.begin());
    values.insert(values.end(), at(taken, new_front), taken.end());
    constexpr std::size_t kSpare = 8;  // one part in so many may be kept for nothing
    if (values.capacity() - values.size() > values.size() / kSpare) {
      values.shrink_to_fit();
    }
  }

  [[nodiscard]] static std::uint64_t sum(std::span<const std::uint64_t> counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
  template <typename Value>
  [[nodiscard]] static auto at(std::vector<Value>& values, std::uint64_t index) {
    return values.begin() + static_cast<std::ptrdiff_t>(index);
  }

  /// From rank by rank to the order of the pieces.
  template <typename Value>
  void in_order(std::vector<Value>& values, const std::vector<Piece>& pieces) const {
    if (sorted_) {
      return;
    }
    std::vector<std::uint64_t> next(to_.size());  // of what each rank has sent
    for (const Piece& piece : pieces) {
      next[piece.rank] += piece.count;
    }
    std::exclusive_scan(next.begin(), next.end(), next.begin(), std::uint64_t{0});
    std::vector<Value> ordered;
    ordered.reserve(values.size());
    for (const Piece& piece : pieces) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(next[piece.rank]);
      ordered.insert(ordered.end(), begin, begin + static_cast<std::ptrdiff_t>(piece.count));
      next[piece.rank] += piece.count;
    }
    values = std::move(ordered);
  }

  const comm::Communicator& comm_;
  std::vector<std::uint64_t> to_;    // rows for each rank
  std::vector<std::uint64_t> from_;  // rows by each rank
  std::vector<Piece> pieces_;
  bool sorted_ = true;  // rank by rank is the order
};

}  // namespace tessera::table
