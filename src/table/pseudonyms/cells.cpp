#include "table/pseudonyms/cells.hpp"

#include <algorithm>

namespace tessera::table {

const CellBatch& PseudonymousCells::replace(const CellBatch& batch, const RowReader& reader,
                                            const MissingMarkers& missing) {
  batch_ = batch;
  text_.clear();
  // so that no view is moved
  text_.reserve(batch.columns() * batch.size() * Pseudonyms::kDigits + kCellSlack);
  for (std::size_t c = 0; c < batch.columns(); ++c) {
    if (std::ranges::find(columns_, reader.names()[c].text) == columns_.end()) {
      continue;
    }
    for (std::string_view& cell : batch_.column(c)) {
      if (!missing.match(cell)) {
        const std::size_t at = text_.size();
        text_ += pseudonyms_.of(cell);
        cell = std::string_view(text_).substr(at);
      }
    }
  }
  return batch_;
}

}  // namespace tessera::table
