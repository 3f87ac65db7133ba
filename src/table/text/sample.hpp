/// \file
/// The first records of a delimited file, to find out how it is laid out. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "table/records/format.hpp"
#include "table/text/dialect.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::table {

/// A place in a file where a line begins.
struct LineStart {
  std::size_t at = 0;      ///< bytes before it
  std::uint64_t line = 1;  ///< counted from 1
};

struct SampledRecord {
  std::vector<std::string> cells;
  std::uint64_t line = 1;  ///< in which it begins
  LineStart next;          ///< behind it
  bool unclosed = false;
  bool garbled = false;  ///< text follows a closing quote
};

inline constexpr std::size_t kSampledRecords = 50;

/// The first `most` records behind `start` that are neither blank nor comments, as the dialect
/// divides them.
[[nodiscard]] std::vector<SampledRecord> sample(const Head& head, const LineStart& start,
                                                const Dialect& dialect,
                                                std::size_t most = kSampledRecords);

/// How many fields most of the records have, and how many have as many. Of two numbers that are as
/// frequent it is the first record's, unless that is 1, or else the larger one.
struct CommonWidth {
  std::size_t fields = 0;
  std::size_t records = 0;
};
[[nodiscard]] CommonWidth common_width(const std::vector<SampledRecord>& records);

[[nodiscard]] bool is_number(std::string_view cell);
/// The same, or a number with a decimal comma, thousands separators, a currency sign, a percent
/// sign or brackets.
[[nodiscard]] bool is_amount(std::string_view cell);
/// The same, or a date or the like: some digit, and no letter of ASCII.
[[nodiscard]] bool is_value(std::string_view cell);

}  // namespace tessera::table
