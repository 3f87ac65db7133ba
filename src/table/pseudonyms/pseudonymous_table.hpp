/// \file
/// A table with pseudonyms in place of the values of some columns. Private to src/table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tessera/base/pseudonyms.hpp"
#include "tessera/table/table_over.hpp"

namespace tessera::table {

class PseudonymousTable final : public TableOver {
 public:
  /// `columns` by name; throws kBadData naming one that the table has not.
  PseudonymousTable(std::unique_ptr<Table> table, Pseudonyms pseudonyms,
                    const std::vector<std::string>& columns);

  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;

 private:
  std::unique_ptr<Table> table_;
  Pseudonyms pseudonyms_;
  std::vector<bool> is_replaced_;
};

}  // namespace tessera::table
