#include "rfm/join_keys.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "rfm/exchange.hpp"
#include "rfm/order.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::rfm {
namespace {

using Kind = IdColumn::Kind;

constexpr double kExactIntegers = 0x1.0p53;  // up to it, a double holds every integer

std::string_view name_of(Kind kind) {
  return kind == Kind::kText ? "text" : kind == Kind::kInteger ? "integer" : "real";
}

Kind kind_of_key(const Join& join, const table::Table& transactions) {
  const Kind own = IdColumn(transactions, join.key.own).kind();
  const Kind theirs = IdColumn(join.table, join.key.theirs).kind();
  if ((own == Kind::kText) != (theirs == Kind::kText)) {
    fail_about("types", ExitCode::kBadData,
               "{}: the key '{}' is {}, and '{}' of {} is {}, so that no two are equal: have both "
               "read as one type, such as {}=text",
               join.table.name(), join.key.theirs, name_of(theirs), join.key.own,
               transactions.name(), name_of(own), join.key.own);
  }
  return own;
}

// The word of the same number in a column of another kind; false if there is none.
bool convert(std::uint64_t& word, Kind to) {
  if (to == Kind::kInteger) {
    const double value = IdColumn::real_of(word);
    word = std::fabs(value) <= kExactIntegers ? IdColumn::word_of(static_cast<std::int64_t>(value))
                                              : 0;
    return std::fabs(value) <= kExactIntegers && value == std::trunc(value);
  }
  const std::int64_t value = IdColumn::integer_of(word);
  word = IdColumn::word_of(static_cast<double>(value));
  return std::fabs(static_cast<double>(value)) <= kExactIntegers;
}

std::string text_of(const Groups& keys, std::size_t key, Kind kind) {
  const std::uint64_t word = keys.groups()[key].id;
  return kind == Kind::kText      ? std::string(keys.text(key))
         : kind == Kind::kInteger ? fmt::format("{}", IdColumn::integer_of(word))
                                  : fmt::format("{}", IdColumn::real_of(word));
}

/// Collective. What all ranks have.
Groups of_all(const comm::Communicator& comm, const Groups& mine) {
  Parts parts;
  comm.together([&] {
    std::vector<std::uint64_t> order(mine.size());
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    parts = parts_of(mine, order);
  });
  const Parts gathered = {.groups = comm.all_gather(parts.groups),
                          .text_bytes = comm.all_gather(parts.text_bytes),
                          .texts = comm.all_gather(parts.texts)};
  Groups all(mine.held());
  comm.together([&] { all.add(gathered); });
  return all;
}

}  // namespace

JoinedKeys::JoinedKeys(const Join& join, const table::Table& transactions)
    : table_(join.table),
      kind_(kind_of_key(join, transactions)),
      column_(join.table, join.key.theirs) {}

void JoinedKeys::read(std::uint64_t first, std::uint64_t count, Ids& ids) {
  column_.read(first, count, ids);
  for (std::size_t i = 0; column_.kind() != kind_ && i < count; ++i) {
    if (ids.missing[i] == 0 && !convert(ids.words[i], kind_)) {
      ids.missing[i] = 1;
    }
  }
}

Groups JoinedKeys::of_share(const comm::Communicator& comm, std::uint64_t& without) {
  const comm::Share share = comm::share_of(table_.rows(), comm.rank(), comm.size());
  Groups keys({.texts = are_texts()});
  comm.together([&] {
    Ids ids;
    Batch batch;
    for (std::uint64_t at = 0; at < share.count; at += table::kPieceValues) {
      const std::uint64_t count = std::min<std::uint64_t>(table::kPieceValues, share.count - at);
      read(share.first + at, count, ids);
      batch.clear();
      for (std::size_t i = 0; i < count; ++i) {
        if (ids.missing[i] != 0) {
          ++without;
          continue;
        }
        batch.ids.push_back(ids.words[i]);
        batch.dates.push_back(static_cast<std::int64_t>(share.first + at + i));
        if (are_texts()) {
          batch.texts.push_back(ids.texts[i]);
        }
      }
      keys.add(batch);
    }
  });
  return keys;
}

void refuse_doubled(const comm::Communicator& comm, const Join& join, const Groups& keys) {
  constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
  std::size_t doubled = keys.size();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys.groups()[i].bought > 1 &&
        (doubled == keys.size() || keys.groups()[i].first < keys.groups()[doubled].first)) {
      doubled = i;
    }
  }
  const std::int64_t mine = doubled == keys.size() ? kNone : keys.groups()[doubled].first;
  const std::int64_t first = comm.all_min(mine);
  comm.together([&] {
    if (first == mine && first != kNone) {
      const Group& group = keys.groups()[doubled];
      fail(ExitCode::kBadData,
           "{}: rows {} and {}, column '{}': both are '{}', and customers are to get one row each: "
           "leave all but one out",
           join.table.name(), group.first + 1, group.last + 1, join.key.theirs,
           text_of(keys, doubled, IdColumn(join.table, join.key.theirs).kind()));
    }
  });
}

std::uint64_t match_customers(const comm::Communicator& comm, const Join& join, JoinedKeys keys,
                              Groups& customers) {
  std::uint64_t without = 0;
  Groups local = keys.of_share(comm, without);
  Groups owned(local.held());
  send_to_owners(comm, local, owned);
  refuse_doubled(comm, join, owned);
  comm.together([&] {
    for (std::size_t i = 0; i < customers.size(); ++i) {
      const auto found = owned.find(customers.groups()[i].id, customers.text(i));
      customers.matches()[i] = {
          .when = 0,
          .key = found ? static_cast<std::uint64_t>(owned.groups()[*found].first) : kNoRow};
    }
  });
  return comm.all_sum(without);
}

KeyOrder::KeyOrder(const comm::Communicator& comm, const Join& join, JoinedKeys keys)
    : keys_({.texts = keys.are_texts()}) {
  if (join.table.rows() > kMostKeys) {
    fail_about("join_key", ExitCode::kBadData,
               "{} has {}, and one that is joined by another key than the customers' may have {}: "
               "give the customers their own row each, and join by them",
               join.table.name(), counted(join.table.rows(), "row"), grouped(kMostKeys));
  }
  std::uint64_t without = 0;
  keys_ = of_all(comm, keys.of_share(comm, without));
  without_key_ = comm.all_sum(without);
  refuse_doubled(comm, join, keys_);
  comm.together([&] {
    places_.resize(keys_.size());
    for (const std::uint64_t key : sorted_places(keys_)) {
      rows_.push_back(static_cast<std::uint64_t>(keys_.groups()[key].first));
      places_[key] = rows_.size();
    }
  });
}

std::uint64_t KeyOrder::place_of(std::uint64_t word, std::string_view text) const {
  const auto found = keys_.find(word, text);
  return found ? places_[*found] : 0;
}

}  // namespace tessera::rfm
