/// \file
/// One column of an HDF5 file that others wrote: where its values stand, and what they mean.
/// Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tessera/io/h5.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

struct ForeignColumn {
  Column column;  ///< levels, and whether there are times, are found later
  io::H5Place place;
  std::size_t element_bytes = 0;  ///< of a value, as stored

  // what stands for a missing one, beside NaN and the empty text
  std::optional<std::int64_t> missing_integer;
  std::string missing_text;
  std::string mask;  ///< a 1-D dataset that is not 0 there

  std::optional<std::map<std::int64_t, std::string>> words;  ///< of texts held as integers
  std::int64_t units_per_second = 0;  ///< of dates held as integers; or, if negative,
                                      ///< seconds per unit

  /// `name` of what the values of a field mean by themselves. `table` is for the message of
  /// kBadData if they are nothing that a column holds.
  [[nodiscard]] static ForeignColumn of(const std::string& table, const std::string& name,
                                        const io::H5Field& field, io::H5Place place);
  /// Dates from here on, in such units since 1970: "ns", "us", "ms", "s", "m", "h", "D" or "W".
  void take_dates(const std::string& table, const std::string& unit);
  /// Texts from here on, as which the integers stand; -1 is a missing one.
  void take_codes(std::map<std::int64_t, std::string> of_codes);

  void read_numbers(const io::H5File& file, std::uint64_t first, std::span<double> out) const;
  [[nodiscard]] std::vector<std::string> read_text(const io::H5File& file, std::uint64_t first,
                                                   std::uint64_t count) const;
  /// The strings of a column of texts, some thousands at a time.
  void for_each_text(const io::H5File& file, std::uint64_t first, std::uint64_t count,
                     const io::H5File::TakeText& take) const;
  /// The seconds of dates; nothing where missing.
  [[nodiscard]] std::vector<std::optional<std::int64_t>> read_dates(const io::H5File& file,
                                                                    std::uint64_t first,
                                                                    std::uint64_t count) const;

  /// Whether read_numbers() is no more than reading the place.
  [[nodiscard]] bool is_plain() const {
    return column.is_number() && !missing_integer && mask.empty();
  }

 private:
  [[nodiscard]] std::vector<std::optional<std::int64_t>> read_integers(const io::H5File& file,
                                                                       std::uint64_t first,
                                                                       std::uint64_t count) const;
  [[nodiscard]] std::vector<std::uint8_t> read_mask(const io::H5File& file, std::uint64_t first,
                                                    std::uint64_t count) const;
};

}  // namespace tessera::table
