/// \file
/// Keys of rows from the ids of the customers, so that nothing depends on the order of a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// What is wrong with the ids of a table. Rows count from 0.
struct IdFaults {
  std::uint64_t missing = 0;       ///< rows without an id
  std::uint64_t doubled_ids = 0;   ///< ids that stand in more than one row
  std::uint64_t doubled_rows = 0;  ///< all rows of those
  std::uint64_t first_row = 0;     ///< the first two rows of one of them
  std::uint64_t second_row = 0;
};

/// Collective. Gives the rows of `rows`, this rank's share of `table`, the hashes of their ids as
/// keys: of the id as text, so that the number 12 and the text "12" are the same id, by XXH3 with
/// `seed`. Ids are compared by their hashes: of 10^9 different ones, two are taken for the same
/// with a probability of 3 %.
///
/// Where an id is missing or stands in several rows, all keys are mixed with the rows' values: rows
/// of equal keys are then equal, and random choices take them together, as one row that counts as
/// often as all of them (FeatureRows::set_drawn_masses). Takes 8 bytes per row, 16 for a while; 16,
/// and 56 for a while, where there are such rows.
[[nodiscard]] IdFaults set_id_keys(const comm::Communicator& comm, const table::Table& table,
                                   const std::string& column, std::uint64_t seed,
                                   FeatureRows& rows);

/// Collective. The same of a table without prepared rows: what is wrong with its ids alone.
[[nodiscard]] IdFaults find_id_faults(const comm::Communicator& comm, const table::Table& table,
                                      const std::string& column, std::uint64_t seed);

/// Hashes of the values of a column, as text, in rows [first, first + out.size()); missing ones are
/// hash_of_none().
void hash_values(const table::Table& table, std::size_t column, std::uint64_t first,
                 std::uint64_t seed, std::span<std::uint64_t> out);
[[nodiscard]] std::uint64_t hash_of_none(std::uint64_t seed);

/// A warning for people; empty if there is nothing to say. No id is named.
[[nodiscard]] std::string describe(const IdFaults& faults, const std::string& column);

}  // namespace tessera::features
