// What identifies the customer or the invoice of a row, as 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::rfm {

/// Those of some rows.
struct Ids {
  std::vector<std::uint64_t> words;
  std::vector<std::string_view> texts;  ///< of ids that are texts
  std::vector<std::uint8_t> missing;    ///< 1 where there is none

  std::vector<std::string> kept{};  // what `texts` may be views of
};

/// Reads a column of ids. A number's word is unique, and in the order of the numbers; a text's is
/// its hash (XXH3).
class IdColumn {
 public:
  enum class Kind { kInteger, kReal, kText };

  /// Keeps a reference. Throws kBadData if there is no such column.
  IdColumn(const table::Table& table, const std::string& name);

  [[nodiscard]] const std::string& name() const { return table_.columns()[column_].name; }
  [[nodiscard]] Kind kind() const { return kind_; }
  void read(std::uint64_t first, std::uint64_t count, Ids& ids);

  /// Words of numbers, and their numbers.
  [[nodiscard]] static std::uint64_t word_of(std::int64_t value);
  [[nodiscard]] static std::uint64_t word_of(double value);
  [[nodiscard]] static std::int64_t integer_of(std::uint64_t word);
  [[nodiscard]] static double real_of(std::uint64_t word);

 private:
  void read_numbers(std::uint64_t first, std::uint64_t count, Ids& ids);
  void read_large_integers(std::uint64_t first, std::uint64_t count, Ids& ids) const;
  void read_levels(std::uint64_t first, std::uint64_t count, Ids& ids);
  void read_texts(std::uint64_t first, std::uint64_t count, Ids& ids) const;

  const table::Table& table_;
  std::size_t column_;
  Kind kind_;
  std::vector<std::uint64_t> level_words_;
  std::vector<double> numbers_;
  std::vector<std::int32_t> codes_;
};

}  // namespace tessera::rfm
