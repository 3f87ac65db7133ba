/// \file
/// How text is to be read as a table: by every job that reads customers, in the same way.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/dates.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

enum class Header {
  kAuto,  ///< the first record is a header unless a number in it stands above another number
  kYes,
  kNo,
};

/// How numbers are written in cells.
enum class DecimalMark {
  kAuto,   ///< column by column as all of its values fit; a point where both do
  kPoint,  ///< 1,234.50
  kComma,  ///< 1.234,50
};

enum class OnError {
  kStop,  ///< the first row that cannot be used is an error
  kSkip,  ///< such rows are left out, counted and reported
  kFill,  ///< of rows with too few fields the others are missing, which is counted and reported; of
          ///< the others the first is an error
};

/// Cells that stand for "missing" besides the empty cell.
[[nodiscard]] std::vector<std::string> default_missing_markers();

struct ReadOptions {
  std::string format = "auto";
  std::string encoding = "auto";
  std::string delimiter = "auto";
  std::string escape = "auto";
  std::string comment = "auto";
  Header header = Header::kAuto;
  std::string skip_lines = "auto";
  std::string header_lines = "auto";
  std::vector<std::string> names;
  std::vector<std::string> missing = default_missing_markers();
  std::vector<std::string> types;
  std::vector<std::string> date_format;
  DecimalMark decimal = DecimalMark::kAuto;
  OnError on_error = OnError::kStop;
  bool drop_totals = false;
  /// Of HDF5, not of text: whether what leads into other files (external links and storage, virtual
  /// datasets) is followed.
  bool trust_input = false;
  /// Of any table: a file with a key. The values of the columns `ids` are replaced by Pseudonyms as
  /// they are read, and are text then; nothing behind the door sees others.
  std::string pseudonymise;
  std::vector<std::string> ids;  ///< named by the job, not an option here
  /// The same with these columns, of which empty names are none.
  [[nodiscard]] ReadOptions with_ids(std::vector<std::string> columns) const;
  static constexpr Field kPseudonymise = {
      .name = "pseudonymise",
      .value = "KEYFILE",
      .help = "replace the customers' ids by a hash with the key that this file holds"};
  static constexpr Field kTrustInput = {.name = "trust_input",
                                        .help = "follow what leads from an HDF5 file into others"};

  /// What a job that needs a few columns of text asks for; nothing: all, as they are found. Columns
  /// that it does not want are passed over, and are categories without a value.
  std::function<bool(const std::string& column)> wants{};
  /// Types of columns, as far as they are there and `types` does not state others.
  std::map<std::string, ColumnType> expected{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.format, Field{.name = "format",
                             .value = "KIND",
                             .help = "kind of text: delimited, ...; auto: as its name or its first "
                                     "bytes tell"});
    visit(self.encoding, Field{.name = "encoding",
                               .value = "NAME",
                               .help = "of the text, by its name for iconv: UTF-16, latin1, ...; "
                                       "auto: UTF-16 is found, and cells that are no UTF-8 are "
                                       "Windows-1252"});
    visit(self.delimiter, Field{.name = "delimiter",
                                .value = "CHAR",
                                .help = "a character, or tab, comma, semicolon, pipe, or "
                                        "whitespace for runs of blanks; auto: whichever of these "
                                        "fits"});
    visit(self.escape,
          Field{.name = "escape",
                .value = "CHAR",
                .help = "what stands before a quote within quotes, besides another "
                        "quote; none; auto: a backslash, if its beginning is read so"});
    visit(self.comment, Field{.name = "comment",
                              .value = "CHAR",
                              .help = "lines that begin with it are passed over; none; auto: those "
                                      "with # above the header"});
    visit(self.header, Field{.name = "header",
                             .value = "WHEN",
                             .help = "is the first record a header: yes, no; auto: unless a number "
                                     "in it stands above a number"});
    visit(self.skip_lines, Field{.name = "skip_lines",
                                 .value = "N",
                                 .help = "lines above the header, or above the rows, that are not "
                                         "read; auto: titles, as far as they are known by their "
                                         "form"});
    visit(self.header_lines, Field{.name = "header_lines",
                                   .value = "N",
                                   .help = "lines of the header, of which the first has the names; "
                                           "auto: 2 if the second has words above numbers alone"});
    visit(self.names, Field{.name = "names",
                            .value = "LIST",
                            .help = "names of all columns, for text without a header; with header "
                                    "yes, in place of those in it"});
    visit(self.missing, Field{.name = "missing",
                              .value = "LIST",
                              .help = "cells that mean missing, as empty ones always do"});
    visit(self.types, Field{.name = "types",
                            .value = "LIST",
                            .help = "types not to be inferred: COLUMN=TYPE,... with integer, real, "
                                    "category, text or date"});
    visit(self.date_format, Field{.name = "date_format",
                                  .value = "LIST",
                                  .help = "how dates are written: d/m/Y, m/d/Y, Ymd, unix, "
                                          "'%d %b %Y %H:%M', ...; COLUMN=FORMAT for one column"});
    visit(self.decimal, Field{.name = "decimal",
                              .value = "MARK",
                              .help = "what stands before the fraction of numbers: point, comma; "
                                      "auto: as all values of the column tell"});
    visit(self.on_error, Field{.name = "on_error",
                               .value = "ACTION",
                               .help = "rows that cannot be used: stop, or skip and report them; "
                                       "fill: short rows are filled up with missing cells"});
    visit(self.drop_totals, Field{.name = "drop_totals",
                                  .help = "leave out rows whose first cell is total, sum, gesamt, "
                                          "summe and the like"});
  }
};

/// The delimiter asked for, a space for runs of blanks; nothing if it is to be detected. Throws
/// kUsage.
[[nodiscard]] std::optional<char> delimiter_of(const ReadOptions& options);
/// The escape and the mark of comments; 0 if there is none, nothing if they are to be found. Throw
/// kUsage.
[[nodiscard]] std::optional<char> escape_of(const ReadOptions& options);
[[nodiscard]] std::optional<char> comment_of(const ReadOptions& options);
/// The lines to skip, and those of the header (1 or more); nothing if they are to be found. Throw
/// kUsage.
[[nodiscard]] std::optional<std::uint64_t> skip_lines_of(const ReadOptions& options);
[[nodiscard]] std::optional<std::uint64_t> header_lines_of(const ReadOptions& options);
/// The types stated, by column. Throws kUsage.
[[nodiscard]] std::map<std::string, ColumnType> types_of(const ReadOptions& options);

struct DateFormats {
  std::optional<DateFormat> all;              ///< for columns of which nothing else is said
  std::map<std::string, DateFormat> columns;  ///< these hold dates
};
/// The formats of dates stated. Throws kUsage.
[[nodiscard]] DateFormats date_formats_of(const ReadOptions& options);

/// Throws kUsage if an option has a value that it cannot have.
void check(const ReadOptions& options);

/// Throws kUsage about the first field called as one of `fields`, or of all if there are none, that
/// differs from its default: better a refusal than an option without effect. `why` ends the
/// message.
void refuse_options(const ReadOptions& options, const std::vector<std::string_view>& fields,
                    const std::string& why);

/// A delimiter as a person reads it: "tab", "whitespace", or the character in single quotes.
[[nodiscard]] std::string delimiter_name(char delimiter);

}  // namespace tessera::table

template <>
struct tessera::Choices<tessera::table::Header> {
  static constexpr auto all = std::to_array<Choice<table::Header>>(
      {{table::Header::kAuto, "auto"}, {table::Header::kYes, "yes"}, {table::Header::kNo, "no"}});
};

template <>
struct tessera::Choices<tessera::table::DecimalMark> {
  static constexpr auto all =
      std::to_array<Choice<table::DecimalMark>>({{table::DecimalMark::kAuto, "auto"},
                                                 {table::DecimalMark::kPoint, "point"},
                                                 {table::DecimalMark::kComma, "comma"}});
};

template <>
struct tessera::Choices<tessera::table::OnError> {
  static constexpr auto all =
      std::to_array<Choice<table::OnError>>({{table::OnError::kStop, "stop"},
                                             {table::OnError::kSkip, "skip"},
                                             {table::OnError::kFill, "fill"}});
};
