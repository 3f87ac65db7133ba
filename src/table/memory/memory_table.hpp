/// \file
/// A table dealt out in the ranks' memory. Private to src/table.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "table/memory/memory_column.hpp"
#include "table/records/reading.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// Each rank has the rows of its share.
class MemoryTable final : public Table {
 public:
  /// Collective: of what was examined.
  MemoryTable(const comm::Communicator& comm, std::string name, Reading& reading);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  [[nodiscard]] bool holds_shares() const override { return true; }
  [[nodiscard]] std::uint64_t memory_bytes() const override;
  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t column) const override {
    return missing_[column];
  }

  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override;
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;
  [[nodiscard]] std::vector<std::string_view> read_views(
      std::size_t column, std::uint64_t first, std::uint64_t count,
      std::vector<std::string>& store) const override;

 private:
  /// The place of row `first` among those of this rank, which must have `count` from there on.
  [[nodiscard]] std::size_t own(std::uint64_t first, std::uint64_t count) const;

  std::string name_;
  std::uint64_t rows_ = 0;
  comm::Share share_;
  std::vector<Column> columns_;
  std::vector<std::uint64_t> missing_;
  std::vector<MemoryColumn> values_;
};

}  // namespace tessera::table
