/// \file
/// How others lay tables out in HDF5 files. Private to src/table.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "table/h5/foreign_column.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::table {

/// A table's columns, one by one, as they are found. All throw kBadData saying what is wrong.
class ForeignLayout {
 public:
  ForeignLayout(const io::H5File& file, std::string name) : file_(file), name_(std::move(name)) {}

  /// A column of a dataset whose values all belong to it: n, n x 1 or 1 x n. Returns it.
  ForeignColumn& add_vector(const std::string& name, const std::string& dataset);
  /// Values of each of a dataset's records.
  ForeignColumn& add(const std::string& name, const io::H5Field& field, const io::H5Place& place);

  /// A group of vectors, and of AnnData's columns; all of one length.
  void add_group(const std::string& group);
  /// A 1-D dataset of compounds.
  void add_records(const std::string& dataset);
  /// A 2-D dataset of numbers. Its columns are called as an attribute says, else c0, c1, ...
  void add_matrix(const std::string& dataset);
  /// The same, with these names, if there are as many.
  void add_matrix(const std::string& dataset, const std::vector<std::string>& names);
  /// What pandas' to_hdf writes as `group`.
  void add_pandas(const std::string& group);
  /// AnnData: obs, and X with the names of var.
  void add_anndata();

  /// Throws unless the datasets hold about what they declare, which any few bytes can.
  void check_content() const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_.value_or(0); }
  [[nodiscard]] std::vector<ForeignColumn> take() && { return std::move(columns_); }

 private:
  void add_pandas_table(const std::string& group);
  void add_pandas_fixed(const std::string& group);
  void add_categorical(const std::string& name, const std::string& group);
  void add_nullable(const std::string& name, const std::string& group);
  /// The texts of a column that was found, by their row.
  [[nodiscard]] std::map<std::int64_t, std::string> texts_in(const std::string& column) const;
  /// Those of another dataset of the file, a small one.
  [[nodiscard]] std::map<std::int64_t, std::string> texts_of(const std::string& dataset) const;
  [[nodiscard]] std::vector<std::string> names_of(const std::string& dataset) const;
  void count(const io::H5Dataset& dataset, std::uint64_t rows);

  const io::H5File& file_;
  std::string name_;
  std::vector<ForeignColumn> columns_;
  std::optional<std::uint64_t> rows_;
  std::string first_;  // the dataset that they were found in
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> bytes_;  // declared and stored
};

/// Whether a dataset's values can be those of a column: of its dimensions, one or two, at most one
/// is not 1.
[[nodiscard]] bool is_vector(const io::H5Dataset& dataset);
/// Whether it is a matrix of numbers.
[[nodiscard]] bool is_matrix(const io::H5Dataset& dataset);
/// "shape 3 x 4", for messages.
[[nodiscard]] std::string shape_of(const io::H5Dataset& dataset);

enum class ForeignKind { kNone, kPandas, kAnnData, kDataFrame, kSparse };
/// What wrote a group, as its attributes tell.
[[nodiscard]] ForeignKind foreign_kind(const io::H5File& file, const std::string& group);

}  // namespace tessera::table
