/// \file
/// The distinct strings of a column, as long as they are few. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
  /// Adds a string that is not in the set; nothing if that is too large. Returns its number or -1.
  std::int32_t add(std::string_view text);

  /// All strings, each ended by a NUL; and the reverse, adding to this set.
  [[nodiscard]] std::string pack() const;
  void merge(std::string_view packed);
  void overflow();

 private:
  struct Entry {
    std::uint64_t prefix;  // the first eight bytes, zero-padded
    std::size_t offset;
    std::size_t size;
  };
  [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint64_t prefix,
                                    std::uint64_t hash) const;
  void grow();

  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<std::int32_t> slots_;  // open addressing: numbers of entries, -1 where free
  bool overflowed_ = false;
};

}  // namespace tessera::table
