/// \file
/// A customer table as the jobs see it: named, typed columns, of which any rank reads any rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::table {

enum class ColumnType {
  kInteger,   ///< 64-bit integers
  kReal,      ///< doubles
  kCategory,  ///< few distinct strings ("levels"), held as codes
  kText,      ///< other strings: identifiers, free text
  kDate,      ///< 64-bit integers: seconds as of base/dates.hpp
};
[[nodiscard]] std::string to_string(ColumnType type);

struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;
  std::vector<std::string> levels;  ///< kCategory: distinct values, sorted by bytes
  bool has_time = false;            ///< kDate: not all are midnights, so their text has the time

  [[nodiscard]] bool is_number() const {
    return type == ColumnType::kInteger || type == ColumnType::kReal;
  }
  [[nodiscard]] bool is_date() const { return type == ColumnType::kDate; }
  /// True if read_numbers() reads it.
  [[nodiscard]] bool has_numbers() const { return is_number() || is_date(); }
};

/// More distinct strings than this make a column text rather than a category.
inline constexpr std::size_t kMaxLevels = 1000;

/// Limits of any table, so that a damaged or a hostile one is refused before the work.
inline constexpr std::size_t kMaxColumns = 100'000;
inline constexpr std::size_t kMaxValueBytes = std::size_t{1} << 20U;  ///< of one text
/// Throws kBadData if the table called `name` has more columns than there may be.
void check_columns(const std::string& name, std::uint64_t columns);

/// What is known of a column's values.
struct ColumnSummary {
  std::uint64_t missing = 0;
  std::uint64_t distinct = 0;     ///< exact up to kMaxLevels; kMaxLevels + 1 means "more"
  std::optional<double> minimum;  ///< numbers and dates only
  std::optional<double> maximum;
};

/// An open table. Reading is not collective. Rows count from 0; error messages count from 1.
class Table {
 public:
  Table() = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  virtual ~Table() = default;

  /// The table's name for messages: its path as the user gave it.
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual std::uint64_t rows() const = 0;
  [[nodiscard]] virtual const std::vector<Column>& columns() const = 0;

  /// True if a rank can read none but the rows of its share (comm::share_of), as of a table that is
  /// dealt out in the ranks' memory.
  [[nodiscard]] virtual bool holds_shares() const { return false; }

  /// Bytes of this rank's memory that the table's values take up, as long as it is open.
  [[nodiscard]] virtual std::uint64_t memory_bytes() const { return 0; }

  /// How many values of a column are missing, if that is known without reading it.
  [[nodiscard]] virtual std::optional<std::uint64_t> missing(std::size_t column) const;

  /// Throws kIo if a file that is still read from is not what it was when it was opened
  /// (io::Bytes::check_unchanged). Asked on all ranks when all was read, before what came of it is
  /// kept or shown. A table in memory was asked when it was read.
  virtual void check_unchanged() const {}

  /// Throws kBadData if what a file says of a column's values is not what they were `found` to be:
  /// how many are missing, the least, the greatest. `found.distinct` is not looked at.
  virtual void check_summary(std::size_t column, const ColumnSummary& found) const;

  /// Index of the column called `name`; throws kBadData with the names that exist, the nearest
  /// first, if there is none.
  [[nodiscard]] std::size_t find(const std::string& name) const;

  /// Rows [first, first + out.size()) of a column that has_numbers(); NaN where missing. Infinite
  /// values are passed on as they are.
  virtual void read_numbers(std::size_t column, std::uint64_t first,
                            std::span<double> out) const = 0;

  /// Several such columns at once: out[i] receives columns[i]; all are of one length. Of a table
  /// that is stored by rows this is much cheaper than one after the other.
  virtual void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                                   std::span<const std::span<double>> out) const;
  /// How many columns are best read together.
  [[nodiscard]] virtual std::size_t columns_per_read() const { return 1; }

  /// Codes (indices into levels) of a kCategory column; -1 where missing.
  virtual void read_codes(std::size_t column, std::uint64_t first,
                          std::span<std::int32_t> out) const = 0;

  /// Any column as text, as it would stand in a delimited file; empty where missing.
  [[nodiscard]] virtual std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                           std::uint64_t count) const = 0;
  /// The same, of what `store` holds then or of the table itself: of one that has its texts in
  /// memory without copies. The views last as long as both are left alone.
  [[nodiscard]] virtual std::vector<std::string_view> read_views(
      std::size_t column, std::uint64_t first, std::uint64_t count,
      std::vector<std::string>& store) const;
};

/// What a path such as `file.h5:/group` names.
struct TablePath {
  std::string file;
  std::string object;  ///< "/group"; empty: the path names a file alone
};
/// Splits such a path. A file whose own name contains ":/" wins.
[[nodiscard]] TablePath split_path(const std::string& path);

/// Collective: open_source() of source.hpp with all options at their defaults.
[[nodiscard]] std::unique_ptr<Table> open_table(const comm::Communicator& comm,
                                                const std::string& path);

}  // namespace tessera::table
