// Customers and what they bought, by open addressing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "tessera/numeric/decimal.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::rfm {

/// Rows that count, one value each.
struct Batch {
  std::vector<std::uint64_t> ids{};         ///< words of an IdColumn
  std::vector<std::string_view> texts{};    ///< of ids that are texts, else none
  std::vector<std::int64_t> dates{};        ///< seconds
  std::vector<numeric::Decimal> amounts{};  ///< if there are amounts
  std::vector<std::uint64_t> invoices{};    ///< words, if invoices are counted

  void clear() {
    ids.clear();
    texts.clear();
    dates.clear();
    amounts.clear();
    invoices.clear();
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
};

/// Groups with their texts and bills, one after the other.
struct Parts {
  std::vector<Group> groups{};
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
  Groups(bool has_texts, bool counts_bills) : has_texts_(has_texts), counts_bills_(counts_bills) {}

  /// Adds rows.
  void add(const Batch& batch);
  /// Adds what other groups found.
  void add(const Parts& parts);

  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// Customers and bills.
  [[nodiscard]] std::uint64_t entries() const { return groups_.size() + bills_.size(); }
  [[nodiscard]] std::uint64_t text_bytes() const { return texts_.size(); }
  [[nodiscard]] bool has_texts() const { return has_texts_; }
  [[nodiscard]] std::span<const Group> groups() const { return groups_; }
  [[nodiscard]] const BillSet& bills() const { return bills_; }
  /// Of a group; empty if ids are numbers.
  [[nodiscard]] std::string_view text(std::size_t group) const {
    if (!has_texts_) {
      return {};
    }
    const std::uint64_t begin = group == 0 ? 0 : text_ends_[group - 1];
    return {texts_.data() + begin, text_ends_[group] - begin};
  }
  void clear() { *this = Groups(has_texts_, counts_bills_); }

  /// Well mixed bits of an id: its text's hash is so already.
  [[nodiscard]] std::uint64_t hash_of(std::uint64_t id) const {
    return has_texts_ ? id : numeric::mix(id);
  }

 private:
  template <typename IdAt, typename TextAt, typename Use>
  void place(std::size_t count, const IdAt& id_at, const TextAt& text_at, const Use& use);
  [[nodiscard]] std::size_t find_or_add(std::uint64_t id, std::uint64_t hash,
                                        std::string_view text);
  void make_room(std::size_t more);
  void add_bills(std::span<const Bill> bills);

  bool has_texts_;
  bool counts_bills_;
  std::vector<Group> groups_;
  std::vector<std::uint64_t> slots_;  // a tag and the place of a group, from 1; 0: free
  std::vector<char> texts_;
  std::vector<std::uint64_t> text_ends_;
  BillSet bills_;
};

}  // namespace tessera::rfm
