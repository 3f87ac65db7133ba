/// \file
/// Columns of another table for each customer: a left join.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/table.hpp"

namespace tessera::rfm {

struct JoinOptions {
  std::string join;
  std::string join_key;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.join,
          Field{.name = "join",
                .value = "FILE",
                .help = "a table whose other columns customers get, by any door; text is "
                        "read as it is found"});
    visit(self.join_key,
          Field{.name = "join_key",
                .value = "COLUMN",
                .help = "column of both tables by which rows are found, or OURS=THEIRS; if empty, "
                        "the customers' own; of another one, such as a region, that of the last "
                        "purchase counts"});
  }
};

/// The column of the transactions, and that of the joined table.
struct JoinKey {
  std::string own;
  std::string theirs;
};

/// `join_key` is OURS=THEIRS, a name of both, or empty: `customer`. Throws kUsage if half of it is
/// empty.
[[nodiscard]] JoinKey join_key_of(const std::string& join_key, const std::string& customer);

/// A table that is joined; both outlive whoever has this.
struct Join {
  const table::Table& table;
  JoinKey key;
};

/// Customers that have no row of the joined table.
inline constexpr std::uint64_t kNoRow = std::numeric_limits<std::uint64_t>::max();

/// How many rows a table may have that is joined by another key than the customers': every rank
/// knows the keys.
inline constexpr std::uint64_t kMostKeys = std::uint64_t{1} << 20U;

/// Over all ranks.
struct JoinCounts {
  std::uint64_t rows = 0;         ///< of the joined table
  std::uint64_t without_key = 0;  ///< of these: missing, or what no key of the transactions can be
  std::uint64_t matched = 0;      ///< customers that have a row
  std::uint64_t several = 0;      ///< customers whose purchases have unlike keys
};

/// A column of the joined table: one value for each customer of a rank, missing where there is no
/// row.
struct JoinedColumn {
  table::Column column;
  std::variant<std::vector<std::string>,   ///< kText; empty where missing
               std::vector<std::int32_t>,  ///< kCategory; -1 where missing
               std::vector<std::int64_t>,  ///< kInteger, kDate; INT64_MIN where missing
               std::vector<double>>        ///< kReal; NaN where missing
      values;
};

/// Collective: all columns but the key, in their order. `rows`: of each customer of this rank, or
/// kNoRow. Each rank reads the rows of its share, column by column, and sends what the others ask
/// for: a rank needs its share of one column and the values that it gets.
[[nodiscard]] std::vector<JoinedColumn> joined_columns(const comm::Communicator& comm,
                                                       const Join& join,
                                                       std::span<const std::uint64_t> rows);

}  // namespace tessera::rfm
