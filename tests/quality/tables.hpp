// Small segmented tables, whole or as the shard of one rank.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::test {

/// A table as every rank knows it, row by row.
struct SmallTable {
  features::Space space;
  std::vector<std::vector<double>> values;
  std::vector<std::vector<std::uint16_t>> codes;
  std::vector<std::int32_t> labels;
  int segments = 1;
  std::vector<numeric::Mass> masses = {};  ///< empty: each row counts once
  int exponent = 0;
};

/// The rows of a SmallTable that one rank holds.
class Shard {
 public:
  Shard(const SmallTable& table, const comm::Communicator& comm)
      : share_(comm::share_of(table.labels.size(), comm.rank(), comm.size())),
        rows_(table.space, share_.count, share_.first),
        labels_(table.labels.begin() + static_cast<std::ptrdiff_t>(share_.first),
                table.labels.begin() + static_cast<std::ptrdiff_t>(share_.first + share_.count)),
        segments_(table.segments) {
    for (std::uint64_t row = 0; row < share_.count; ++row) {
      for (std::size_t j = 0; j < table.space.numeric; ++j) {
        rows_.set_number(row, j, static_cast<float>(table.values[share_.first + row][j]));
      }
      for (std::size_t c = 0; c < table.space.categories(); ++c) {
        rows_.set_code(row, c, table.codes[share_.first + row][c]);
      }
    }
    if (!table.masses.empty()) {
      const auto first = table.masses.begin() + static_cast<std::ptrdiff_t>(share_.first);
      rows_.set_masses({first, first + static_cast<std::ptrdiff_t>(share_.count)}, table.exponent);
    }
  }

  [[nodiscard]] quality::Labelled labelled() const { return {rows_, labels_, segments_}; }
  [[nodiscard]] features::FeatureRows& rows() { return rows_; }
  [[nodiscard]] const comm::Share& share() const { return share_; }

 private:
  comm::Share share_;
  features::FeatureRows rows_;
  std::vector<std::int32_t> labels_;
  int segments_;
};

}  // namespace tessera::test
