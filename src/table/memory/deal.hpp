/// \file
/// Dealing rows out, from the ranks that have read them to those whose share they are. Private to
/// src/table.
#pragma once

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
    values = received(std::span<const Value>(values), to_, from_);
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

  template <typename Value>
  [[nodiscard]] std::vector<Value> received(std::span<const Value> mine,
                                            std::span<const std::uint64_t> to,
                                            std::span<const std::uint64_t> from) const {
    std::vector<Value> all(std::accumulate(from.begin(), from.end(), std::uint64_t{0}));
    comm_.all_to_all(mine, to, std::span<Value>(all), from);
    return all;
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
