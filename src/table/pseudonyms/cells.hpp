/// \file
/// Pseudonyms in place of the cells of some columns of a text. Private to src/table.
#pragma once

#include <string>
#include <vector>

#include "table/records/cell_batch.hpp"
#include "table/records/format.hpp"
#include "table/values/number.hpp"
#include "tessera/base/pseudonyms.hpp"

namespace tessera::table {

class PseudonymousCells {
 public:
  PseudonymousCells(Pseudonyms pseudonyms, std::vector<std::string> columns)
      : pseudonyms_(std::move(pseudonyms)), columns_(std::move(columns)), batch_(0) {}

  /// The batch with pseudonyms where a column is one of these; what is missing stays so. Valid
  /// until the next call.
  [[nodiscard]] const CellBatch& replace(const CellBatch& batch, const RowReader& reader,
                                         const MissingMarkers& missing);

 private:
  Pseudonyms pseudonyms_;
  std::vector<std::string> columns_;
  CellBatch batch_;
  std::string text_;
};

}  // namespace tessera::table
