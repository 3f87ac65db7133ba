/// \file
/// The distinct strings of a column, as long as they are few. Private to src/table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "table/values/number.hpp"

namespace tessera::table {

/// A set of strings numbered in the order of their insertion. It stops growing, for good, beyond
/// kMaxLevels strings or kMaxBytes bytes; a set that contains one too large is too large as well,
/// so that whether the union over the ranks is too large does not depend on the ranks.
class DistinctSet {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::string_view at(std::size_t i) const {
    return std::string_view(bytes_).substr(entries_[i].offset, entries_[i].size);
  }

  /// Number of `text`, or -1 if it is not in the set.
  [[nodiscard]] std::int32_t find(std::string_view text) const;
  /// The same of a cell, of which kCellSlack bytes can be read even if it is shorter.
  [[nodiscard]] std::int32_t find_cell(std::string_view cell) const {
    const std::size_t size = cell.size();
    if (size > kPrefix || slots_.empty()) {
      return find(cell);
    }
    std::uint64_t prefix = 0;
    std::memcpy(&prefix, cell.data(), kPrefix);
    prefix &= kFirstBytes[size];
    // Almost always the first place is its own; one that is free is that of the empty string.
    const Slot& slot = slots_[short_hash(prefix, size) & (slots_.size() - 1)];
    return slot.prefix == prefix && slot.size == size ? slot.number : find(cell);
  }
  /// Adds a string that is not in the set; nothing if that is too large. Returns its number or -1.
  std::int32_t add(std::string_view text);

  /// All strings, each ended by a NUL; and the reverse, adding to this set.
  [[nodiscard]] std::string pack() const;
  void merge(std::string_view packed);
  void overflow();

 private:
  static constexpr std::size_t kPrefix = sizeof(std::uint64_t);
  static_assert(kPrefix <= kCellSlack);

  struct Entry {
    std::size_t offset;
    std::size_t size;
  };
  // Open addressing. What tells most strings apart stands in the table itself.
  struct Slot {
    std::uint64_t prefix = 0;  // the first eight bytes, zero-padded
    std::uint32_t size = 0;
    std::int32_t number = -1;  // -1 where free
  };

  static constexpr std::array<std::uint64_t, kPrefix + 1> kFirstBytes = [] {
    std::array<std::uint64_t, kPrefix + 1> masks{};
    for (std::size_t size = 1; size <= kPrefix; ++size) {
      masks[size] = masks[size - 1] << 8U | 0xFFU;
    }
    return masks;
  }();

  // A multiplication by an odd constant (2^64 / golden ratio) whose high half is folded back; only
  // the spread over a small table matters.
  [[nodiscard]] static std::uint64_t mix(std::uint64_t word) {
    const std::uint64_t hash = word * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 32U;
  }
  [[nodiscard]] static std::uint64_t short_hash(std::uint64_t prefix, std::size_t size) {
    return mix(prefix ^ size);
  }
  [[nodiscard]] static std::uint64_t hash_of(std::string_view text, std::uint64_t prefix);
  [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint64_t prefix,
                                    std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].number >= 0 &&
           (slots_[at].prefix != prefix || slots_[at].size != text.size() ||
            (text.size() > kPrefix &&
             this->at(static_cast<std::size_t>(slots_[at].number)) != text))) {
      at = (at + 1) & mask;
    }
    return at;
  }
  void grow();

  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
  bool overflowed_ = false;
};

}  // namespace tessera::table
