/// \file
/// What the cells of a column are: gathered per rank, combined over the ranks, and the type that
/// follows. Private to src/table.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "table/values/column_form.hpp"
#include "table/values/distinct.hpp"
#include "table/values/kept_column.hpp"
#include "table/values/number.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// A cell that a message shows.
struct ShownCell {
  std::uint64_t file = 0;  ///< its number among the files
  std::uint64_t line = 0;
  std::string text;
};

/// Counts of cells, added up over the ranks.
struct CellCounts {
  enum Kind : std::size_t {
    kMissing,
    kIntegers,
    kBigIntegers,
    kReals,
    kNotFinite,
    kIdentifiers,  ///< digits with leading zeros or a plus sign
    kWritten,      ///< no plain numbers, but numbers in some reading: readings_of()
    kDates,        ///< in some style: styles_of()
    kMarks,        ///< is_missing_mark(): missing, if all other values are numbers or dates
    kOthers,
    kNotUtf8,  ///< counted among the above too
    kKinds
  };
  std::array<std::uint64_t, kKinds> of{};

  [[nodiscard]] static constexpr bool is_number(Kind kind) {
    return kind == kIntegers || kind == kBigIntegers || kind == kReals;
  }
  [[nodiscard]] std::uint64_t operator[](Kind kind) const { return of[kind]; }
  [[nodiscard]] std::uint64_t numbers() const {
    return of[kIntegers] + of[kBigIntegers] + of[kReals];
  }
  [[nodiscard]] std::uint64_t values() const {
    return numbers() + of[kNotFinite] + of[kIdentifiers] + of[kWritten] + of[kDates] + of[kMarks] +
           of[kOthers];
  }
  [[nodiscard]] bool all_numbers() const {
    return of[kIdentifiers] + of[kWritten] + of[kDates] + of[kOthers] == 0 && numbers() > 0 &&
           (of[kBigIntegers] == 0 || of[kReals] > 0);
  }
  /// All values are numbers, but not all of them plain ones.
  [[nodiscard]] bool all_written() const {
    return of[kIdentifiers] + of[kNotFinite] + of[kDates] + of[kOthers] == 0 && of[kWritten] > 0;
  }
  [[nodiscard]] bool all_dates() const {
    return numbers() + of[kNotFinite] + of[kIdentifiers] + of[kWritten] + of[kOthers] == 0 &&
           of[kDates] > 0;
  }
};

/// What all cells of a column amount to.
struct ColumnFacts {
  CellCounts counts;
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();
  std::size_t longest = 0;  ///< bytes, in UTF-8
  std::uint64_t bytes = 0;  ///< likewise of all cells together
  /// Of a column of numbers their canonical spellings, else the cells in UTF-8.
  DistinctSet distinct;
  /// What fits all values but marks: see readings_of() and styles_of(). kStatedPattern is the bit
  /// of ScanRules::pattern.
  unsigned readings = kPointReading | kCommaReading;
  DateStyles styles = ~DateStyles{0};
  bool has_time = false;                 ///< some date is no midnight
  std::set<std::string> units{};         ///< of written numbers; "" where there is none
  std::optional<ShownCell> first_other;  ///< neither number, identifier, date nor mark
  std::optional<ShownCell> first_not_finite;
  std::optional<ShownCell> first_mark;
  std::optional<ShownCell> first_written;
  std::optional<ShownCell> first_two_ways;  ///< a number that is another one in the other reading
  std::optional<ShownCell> first_date;
  std::optional<ShownCell> first_ambiguous;  ///< a date that is another one in another style
};

inline constexpr DateStyles kStatedPattern = only(DateStyle::kStyles);

/// What is known of a column before it is read.
struct ScanRules {
  std::optional<ColumnType> stated{};
  ColumnForm form{};
  /// What dates of any column may be written as, besides the styles there are.
  std::optional<DateFormat> pattern{};
};

/// Gathers one column on one rank.
class ColumnScan {
 public:
  explicit ColumnScan(ScanRules rules) : rules_(std::move(rules)) {
    if (!rules_.form.is_plain()) {  // there is nothing to find out any more
      facts_.readings = 0;
      facts_.styles = 0;
    }
  }

  /// The cells of some rows, as CellBatch gives them; `lines`: where their records begin. Appended
  /// to `kept`, if there is one.
  void add(std::span<const std::string_view> cells, std::span<const std::uint64_t> lines,
           const MissingMarkers& missing, KeptColumn* kept);

  /// Rows added from here on are of this file, and behind those of lower ones.
  void begin_file(std::uint64_t file) { file_ = file; }
  /// So many rows without a value.
  void add_missing(std::uint64_t rows, KeptColumn* kept);

  /// What the codes in a KeptColumn stand for, once all cells were added.
  [[nodiscard]] DistinctSet dictionary() const {
    return facts_.distinct.overflowed() ? coded_ : facts_.distinct;
  }

  /// Bytes of the values so far, in UTF-8: of all, and of the longest.
  [[nodiscard]] std::uint64_t bytes() const { return facts_.bytes; }
  [[nodiscard]] std::size_t longest() const { return facts_.longest; }

  /// Collective: the facts of each column over all ranks. The scans are used up.
  [[nodiscard]] static std::vector<ColumnFacts> combine(const comm::Communicator& comm,
                                                        std::vector<ColumnScan> scans);

 private:
  [[nodiscard]] CellCounts::Kind kind_of(const Number& number, std::string_view cell) const;
  [[nodiscard]] CellCounts::Kind kind_of_other(std::string_view cell) const;
  [[nodiscard]] bool reads_numbers() const {
    return !rules_.stated || *rules_.stated == ColumnType::kInteger ||
           *rules_.stated == ColumnType::kReal || rules_.form.date;
  }
  // All values so far are finite numbers, or stand for missing ones beside these.
  [[nodiscard]] bool is_numeric() const {
    return reads_numbers() &&
           facts_.counts.numbers() + facts_.counts[CellCounts::kMarks] == facts_.counts.values();
  }
  // Each adds the first of some cells, as many as it can deal with, and returns how many.
  std::size_t add_few(std::span<const std::string_view> cells, std::span<const std::uint64_t> lines,
                      const MissingMarkers& missing, KeptColumn* kept);
  std::size_t add_numbers(std::span<const std::string_view> cells,
                          std::span<const std::uint64_t> lines, const MissingMarkers& missing,
                          KeptColumn* kept);
  template <typename Parse>
  std::size_t add_numbers_as(const Parse& parse, std::span<const std::string_view> cells,
                             std::span<const std::uint64_t> lines, const MissingMarkers& missing,
                             KeptColumn* kept);
  void add_texts(std::span<const std::string_view> cells, std::span<const std::uint64_t> lines,
                 const MissingMarkers& missing, KeptColumn* kept);
  std::int32_t add_distinct(std::string_view cell, std::uint64_t line);
  void count_codes(std::span<const KeptColumn::Code> codes);
  CellCounts::Kind note(std::string_view cell, std::string_view text, std::uint64_t line);
  [[nodiscard]] bool notes_forms() const {
    return (facts_.styles | facts_.readings) != 0 || rules_.stated == ColumnType::kDate;
  }
  void note_form(CellCounts::Kind kind, std::string_view cell, std::uint64_t line);
  void note_date(std::string_view cell, std::uint64_t line);
  void note_reading(CellCounts::Kind kind, std::string_view cell, std::uint64_t line);
  void note_number(const Number& number);
  void add_number(const Number& number);
  void count_numbers_from_here();

  ScanRules rules_;
  std::uint64_t file_ = 0;
  ColumnFacts facts_;                    // its `distinct`: cells
  std::vector<CellCounts::Kind> kinds_;  // of each of these
  bool one_kind_ = true;                 // they are all the same
  DistinctSet coded_;                    // the cells, once they are too many to be kept, up to then
  DistinctSet numbers_;                  // canonical spellings from then on
  // of a batch, for KeptColumn
  std::vector<KeptColumn::Code> codes_;
  std::vector<std::int64_t> integers_;
  std::vector<double> reals_;
};

/// The spellings of the numbers among some cells, one per value.
[[nodiscard]] DistinctSet canonical(const DistinctSet& cells, const ColumnForm& form);

/// The type of a column without a stated one, as ingest() documents it. kText if there are numbers
/// among which some are not finite: that is for the caller to refuse.
[[nodiscard]] ColumnType infer_type(const ColumnFacts& facts);

/// Missing, distinct, minimum and maximum of a column that has been given `type`.
[[nodiscard]] ColumnSummary summary_of(const ColumnFacts& facts, ColumnType type);

}  // namespace tessera::table
