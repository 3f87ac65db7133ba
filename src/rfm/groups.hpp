// Customers and what they bought, by open addressing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tessera/numeric/decimal.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::rfm {

/// The key of a row that has none.
inline constexpr std::uint64_t kNoKey = std::numeric_limits<std::uint64_t>::max();

/// Rows that count, one value each.
struct Batch {
  std::vector<std::uint64_t> ids{};         ///< words of an IdColumn
  std::vector<std::string_view> texts{};    ///< of ids that are texts, else none
  std::vector<std::int64_t> dates{};        ///< seconds
  std::vector<numeric::Decimal> amounts{};  ///< if there are amounts
  std::vector<std::uint64_t> invoices{};    ///< words, if invoices are counted
  std::vector<std::uint64_t> keys{};        ///< places in a KeyOrder, if another table is joined

  void clear() {
    ids.clear();
    texts.clear();
    dates.clear();
    amounts.clear();
    invoices.clear();
    keys.clear();
  }
};

/// What is known of a customer, or a part of it; sent as it is.
struct Group {
  std::uint64_t id = 0;
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  std::uint64_t bought = 0;
  numeric::Decimal spent{};
};
static_assert(sizeof(Group) == 48, "no bytes between the members");

/// One invoice of a customer.
struct Bill {
  std::uint64_t group = 0;  ///< its place among groups
  std::uint64_t invoice = 0;

  friend bool operator==(const Bill&, const Bill&) = default;
};

/// Which key of a joined table a customer has, or what a part of its rows say of it: that of the
/// last purchase with one, of several then the greatest.
struct Match {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  std::int64_t when = kNever;  ///< seconds; kNever: no row has a key
  std::uint64_t key = 0;       ///< its place, later the row joined
  std::uint64_t several = 0;   ///< 1 where rows have unlike keys

  void take(const Match& other);
};

/// What groups hold beside the numbers of each.
struct Held {
  bool texts = false;    ///< ids are texts
  bool bills = false;    ///< invoices are counted
  bool matches = false;  ///< another table is joined
};

/// Groups with their texts, matches and bills, one after the other.
struct Parts {
  std::vector<Group> groups{};
  std::vector<Match> matches{};             ///< of each, if they are held
  std::vector<std::uint64_t> text_bytes{};  ///< of each, if ids are texts
  std::vector<char> texts{};
  std::vector<Bill> bills{};
};

/// Pairs that are unlike, by open addressing.
class BillSet {
 public:
  /// True if it was not there.
  bool insert(const Bill& bill);
  void prefetch(const Bill& bill) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t bytes() const { return slots_.capacity() * sizeof(Bill); }
  /// Those in it, in the order of their places.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Bill& slot : slots_) {
      if (slot.group != 0) {
        visit(Bill{slot.group - 1, slot.invoice});
      }
    }
  }
  void clear() { *this = BillSet(); }

 private:
  [[nodiscard]] std::size_t place_of(const Bill& bill) const;
  void grow();

  std::vector<Bill> slots_;  // group + 1; 0: free
  std::uint64_t size_ = 0;
};

class Groups {
 public:
  explicit Groups(const Held& held) : held_(held) {}

  /// Adds rows.
  void add(const Batch& batch);
  /// Adds what other groups found.
  void add(const Parts& parts);

  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// Customers and bills.
  [[nodiscard]] std::uint64_t entries() const { return groups_.size() + bills_.size(); }
  [[nodiscard]] std::uint64_t text_bytes() const { return texts_.size(); }
  /// Of memory.
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] const Held& held() const { return held_; }
  [[nodiscard]] std::span<const Group> groups() const { return groups_; }
  [[nodiscard]] std::span<const Match> matches() const { return matches_; }
  [[nodiscard]] std::span<Match> matches() { return matches_; }
  /// The place of the group with this id, if there is one.
  [[nodiscard]] std::optional<std::size_t> find(std::uint64_t id, std::string_view text) const;
  [[nodiscard]] const BillSet& bills() const { return bills_; }
  /// Of a group; empty if ids are numbers.
  [[nodiscard]] std::string_view text(std::size_t group) const {
    if (!held_.texts) {
      return {};
    }
    const std::uint64_t begin = group == 0 ? 0 : text_ends_[group - 1];
    return {texts_.data() + begin, text_ends_[group] - begin};
  }
  void clear() { *this = Groups(held_); }

  /// Well mixed bits of an id: its text's hash is so already.
  [[nodiscard]] std::uint64_t hash_of(std::uint64_t id) const {
    return held_.texts ? id : numeric::mix(id);
  }

 private:
  template <typename IdAt, typename TextAt, typename Use>
  void place(std::size_t count, const IdAt& id_at, const TextAt& text_at, const Use& use);
  [[nodiscard]] std::size_t find_or_add(std::uint64_t id, std::uint64_t hash,
                                        std::string_view text);
  void make_room(std::size_t more);
  void add_bills(std::span<const Bill> bills);

  Held held_;
  std::vector<Group> groups_;
  std::vector<Match> matches_;
  std::vector<std::uint64_t> slots_;  // a tag and the place of a group, from 1; 0: free
  std::vector<char> texts_;
  std::vector<std::uint64_t> text_ends_;
  BillSet bills_;
};

}  // namespace tessera::rfm
