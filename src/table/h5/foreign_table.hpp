/// \file
/// A table in an HDF5 file that others wrote. Private to src/table.
#pragma once

#include <string>
#include <vector>

#include "table/h5/foreign_column.hpp"
#include "table/h5/foreign_layout.hpp"
#include "table/values/distinct.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

class ForeignTable final : public Table {
 public:
  /// Collective: texts and dates are read once, to find out which columns are categories and which
  /// dates have times. `layout` is of `file`, and what all ranks have found.
  ForeignTable(const comm::Communicator& comm, io::H5File file, ForeignLayout layout);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  void check_unchanged() const override { file_.check_unchanged(); }

  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override;
  // As many of a matrix as a cache line holds, so that beside the rows themselves little memory is
  // needed.
  [[nodiscard]] std::size_t columns_per_read() const override { return shares_records_ ? 8 : 1; }
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override;
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;

 private:
  void name_columns();
  void find_levels(const comm::Communicator& comm, std::size_t column);
  void find_times(const comm::Communicator& comm, std::size_t column);

  io::H5File file_;
  std::string name_;
  std::uint64_t rows_ = 0;
  bool shares_records_ = false;
  std::vector<ForeignColumn> stored_;
  std::vector<Column> columns_;
  std::vector<DistinctSet> levels_;  // of categories, numbered like the column's
};

}  // namespace tessera::table
