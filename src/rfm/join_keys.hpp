// Rows of a joined table by their keys.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rfm/groups.hpp"
#include "rfm/id_column.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/rfm/join.hpp"

namespace tessera::rfm {

/// The keys of a joined table as those of the transactions: whole numbers are equal whatever the
/// columns' types are.
class JoinedKeys {
 public:
  /// `own`: the key of the transactions in `transactions`. Throws kBadData for a key that is not
  /// there, or where one is text and the other a number.
  JoinedKeys(const Join& join, const table::Table& transactions);

  [[nodiscard]] bool are_texts() const { return kind_ == IdColumn::Kind::kText; }

  /// Collective. The keys of this rank's share, each with its row as the first and last date;
  /// those without one are counted in `without`.
  [[nodiscard]] Groups of_share(const comm::Communicator& comm, std::uint64_t& without);

 private:
  void read(std::uint64_t first, std::uint64_t count, Ids& ids);

  const table::Table& table_;
  IdColumn::Kind kind_;
  IdColumn column_;
};

/// Collective. Throws kBadData on all ranks if a key stands in several rows, naming two of them.
/// `keys`: each key of all ranks is on one of them, or all are on each.
void refuse_doubled(const comm::Communicator& comm, const Join& join, const Groups& keys);

/// Collective. Gives each of the groups, which are where their ids' hashes say, the row with its
/// id, or kNoRow. Returns how many rows have no key.
[[nodiscard]] std::uint64_t match_customers(const comm::Communicator& comm, const Join& join,
                                            JoinedKeys keys, Groups& customers);

/// All keys of a small table, in their order, on every rank.
class KeyOrder {
 public:
  /// Collective. Throws kBadData for more than kMostKeys rows.
  KeyOrder(const comm::Communicator& comm, const Join& join, JoinedKeys keys);

  /// From 1 on, in the order of the keys; 0 if the table has not this one.
  [[nodiscard]] std::uint64_t place_of(std::uint64_t word, std::string_view text) const;
  /// Of a place; kNoRow of 0.
  [[nodiscard]] std::uint64_t row_of(std::uint64_t place) const {
    return place == 0 ? kNoRow : rows_[place - 1];
  }
  [[nodiscard]] std::uint64_t without_key() const { return without_key_; }

 private:
  Groups keys_;
  std::vector<std::uint64_t> places_;  // of each of them
  std::vector<std::uint64_t> rows_;    // by place
  std::uint64_t without_key_ = 0;
};

}  // namespace tessera::rfm
