/// \file
/// Reading a table that Tessera wrote. Private to src/table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tessera/io/h5.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

class TesseraTable final : public Table {
 public:
  /// Throws kBadData if the file does not hold what FORMAT.md promises.
  explicit TesseraTable(io::H5File file);

  [[nodiscard]] const std::string& name() const override { return file_.path(); }
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }

  void check_unchanged() const override { file_.check_unchanged(); }
  void check_summary(std::size_t column, const ColumnSummary& found) const override;

  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override;
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;

 private:
  struct Stored {
    std::string dataset;
    std::size_t element_bytes;
    std::string text;              // of texts at their own lengths: where they are
    std::uint64_t text_bytes = 0;  // of all of them
    // what the file says of its values, by which nothing goes
    std::optional<ColumnSummary> summary;
  };
  void add_column(const io::H5Dataset& dataset, bool sealed);
  [[nodiscard]] Column described(const io::H5Dataset& dataset, const std::string& path,
                                 bool sealed) const;
  void check_storage(const Column& column, const io::H5Dataset& dataset,
                     const std::string& path) const;
  void find_levels(Column& column, const io::H5Dataset& dataset) const;
  void find_text(Stored& stored, const Column& column, const io::H5Dataset& dataset) const;
  /// Throws kBadData if a column of dates has values that are none.
  void check_dates(std::size_t column, std::uint64_t first,
                   std::span<const std::int64_t> values) const;
  [[nodiscard]] std::vector<std::string> read_ended(std::size_t column, std::uint64_t first,
                                                    std::uint64_t count) const;
  void check_count(const char* attribute, std::uint64_t found) const;
  void check_names() const;

  io::H5File file_;
  std::uint64_t rows_ = 0;
  std::vector<Column> columns_;
  std::vector<Stored> stored_;
};

}  // namespace tessera::table
