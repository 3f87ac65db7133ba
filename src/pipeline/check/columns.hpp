/// \file
/// What the first pass finds of each column. Private to src/pipeline/check.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/pipeline/check.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// How a column and the label go together.
struct LabelTies {
  bool decides = false;     ///< each of its values has one label
  bool is_decided = false;  ///< each label has one of its values
  double agreement = 0;     ///< share of the rows whose label is their value's most frequent one
  double base = 0;          ///< share of the most frequent label
};

/// A column as the findings need it: not all of that may be shown.
struct CheckedColumn {
  ColumnFacts facts;
  std::uint64_t known = 0;
  numeric::Extremes range;  ///< of the finite numbers
  bool is_whole = false;
  std::string why_id;  ///< empty if it is no id
  /// Of which rows have equal values, whatever these are; where the values are few;
  /// else a hash of the values themselves.
  std::uint64_t content = 0;
  bool content_is_partition = false;
  std::uint64_t missing_rows = 0;  ///< hash of the rows where it is missing
  LabelTies label;
  // for correlations: the square sum of (x - mean) / scale
  double mean = 0;
  double scale = 0;
  double squares = 0;
};

/// What the columns of a table share in the first pass.
class FirstPass {
 public:
  FirstPass(const comm::Communicator& comm, const table::Table& table, const CheckOptions& options,
            std::uint64_t min_group, Progress& progress);

  /// Collective. All columns but the id's, in the order of the table.
  [[nodiscard]] std::vector<CheckedColumn> run();

  /// A hash of all that the first pass read of each of this rank's rows.
  [[nodiscard]] std::span<const std::uint64_t> row_hashes() const { return row_hashes_; }

 private:
  // Collective. `values` may be changed.
  void measure_numbers(CheckedColumn& column, std::span<double> values);
  void measure_moments(CheckedColumn& column, std::span<const double> values);
  void measure_quantiles(CheckedColumn& column, std::span<const double> values);
  void measure_category(CheckedColumn& column, std::size_t index);
  void measure_text(CheckedColumn& column, std::size_t index);
  /// `code_of(row)`: of the column's values, -1 where it is missing. If `is_label`, they are kept.
  template <typename CodeOf>
  void measure_levels(CheckedColumn& column, std::size_t levels, const CodeOf& code_of);
  void tie_ranges(CheckedColumn& column, std::span<const double> values);
  void take_hash(std::uint64_t row, std::uint64_t hash, bool is_missing, CheckedColumn& column);
  void reduce_hashes(CheckedColumn& column);
  void report() { progress_.step("checking columns", done_++, table_.columns().size()); }

  const comm::Communicator& comm_;
  const table::Table& table_;
  const CheckOptions& options_;
  std::uint64_t min_group_;
  Progress& progress_;
  comm::Share share_;
  std::uint64_t done_ = 0;
  std::vector<std::uint64_t> row_hashes_;
  std::vector<std::int32_t> labels_;  // of this rank's rows, -1: missing; empty: not known
  std::size_t label_levels_ = 0;
  std::vector<std::int64_t> label_counts_;
};

}  // namespace tessera::pipeline
