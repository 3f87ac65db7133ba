/// \file
/// What stands above the rows of a delimited file. Private to src/table.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "table/text/sample.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::table {

/// Of the records of a sample, those that are no rows: titles, and behind them the header.
struct Layout {
  std::size_t titles = 0;
  std::size_t header = 0;  ///< 0: there is none; 2 or more: only the first has names
  /// Fields that the rows have more than the header has names for: one, the first or the last.
  enum class Unnamed { kNone, kFirst, kLast } unnamed = Unnamed::kNone;
};

/// `records` is not empty. What an option states is not looked for: the titles are skipped lines
/// then, which are not in the sample.
///
/// Values are numbers in any style, and dates: see is_value().
///
/// Titles, where neither the header nor the lines to skip are stated: the records above the first
/// that is a full header - as many fields as most records have, all of them words, one of which
/// stands above nothing but values - if the first record has another number of fields, or lacks one
/// behind the first, and none of those above is like the rows; of a single column, the first record
/// if a blank line follows. Or else: the first records, if they
/// have fewer fields than most have, or, of three fields or more, none but one that are not empty;
/// provided that a header follows: a word of it stands above a value; or that there are three
/// columns or more, and none of the titles has two fields that are not empty.
///
/// A second line of the header, right below the first: none of its cells is a value, and those that
/// are not missing all stand above columns in which all others are values; or else there is one
/// above each of these columns, of which there are two or more.
///
/// A header without a name for the first column, as R writes it: it has one field less than all
/// others, of which there are two or more with three fields or more, and one of its names stands
/// above numbers.
[[nodiscard]] Layout find_layout(const std::vector<SampledRecord>& records,
                                 const ReadOptions& options);

/// True if a word in the first record stands above a value in one of the next two, and no number
/// above one in the next.
[[nodiscard]] bool surely_starts_with_header(std::span<const SampledRecord> records);

/// Behind the first `lines` lines; behind the text if there are fewer.
[[nodiscard]] LineStart behind_lines(const Head& head, LineStart start, std::uint64_t lines);

/// Excel's first line: `sep=;`. Nothing if `start` does not stand before one.
struct SepLine {
  char delimiter = ';';
  LineStart next;
};
[[nodiscard]] std::optional<SepLine> find_sep_line(const Head& head, const LineStart& start);

}  // namespace tessera::table
