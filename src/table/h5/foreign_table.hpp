/// \file
/// Reading HDF5 files that others wrote: groups of columns, and matrices. Private to src/table.
#pragma once

#include <string>
#include <vector>

#include "table/values/distinct.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// Equally long 1-D datasets of one group.
class GroupTable final : public Table {
 public:
  /// Collective: strings are read once, to find out which columns are categories. `name` is the
  /// table's for messages.
  GroupTable(const comm::Communicator& comm, io::H5File file, const std::string& group,
             std::string name);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  void check_unchanged() const override { file_.check_unchanged(); }

  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override;
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;

 private:
  struct Stored {
    std::string dataset;
    std::size_t element_bytes;
    DistinctSet levels;  // of a category, numbered like the column's
  };
  void add_columns(const std::string& group);
  void find_levels(const comm::Communicator& comm, std::size_t column);

  io::H5File file_;
  std::string name_;
  std::uint64_t rows_ = 0;
  std::vector<Column> columns_;
  std::vector<Stored> stored_;
};

/// The columns of a 2-D numeric dataset, called c0, c1, ...
class MatrixTable final : public Table {
 public:
  MatrixTable(io::H5File file, const std::string& dataset, std::string name);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  void check_unchanged() const override { file_.check_unchanged(); }

  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override;
  // As many as a cache line holds, so that beside the rows themselves little memory is needed.
  [[nodiscard]] std::size_t columns_per_read() const override { return 8; }
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override;
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;

 private:
  io::H5File file_;
  std::string dataset_;
  std::string name_;
  std::size_t element_bytes_ = 0;
  std::uint64_t rows_ = 0;
  std::vector<Column> columns_;
};

}  // namespace tessera::table
