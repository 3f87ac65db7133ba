/// \file
/// Columns that say which customer a row is, not what kind of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::features {

/// Whether a column is called as ids are: id, customer_id, CustomerID, "Customer ID",
/// CustomerNumber, account_no, uuid, ...; not paid or width.
[[nodiscard]] bool is_named_like_id(std::string_view name);

/// Collective. Why a numeric column is taken for an id: it is named like one and holds whole
/// numbers; or these differ in at least 95 of 100 rows and lie as densely as numbers that were
/// given out one after the other, within a range of up to twice the rows (amounts that nearly all
/// differ spread over a wider one). Empty if it is not. Distinct values are counted among those
/// that a hash selects, about 4096 rows of all ranks, whatever the order of the rows. `values`:
/// this rank's; `range`: of all ranks', of which `known` are not missing.
[[nodiscard]] std::string why_id(const comm::Communicator& comm, std::string_view name,
                                 std::span<const double> values, const numeric::Extremes& range,
                                 std::uint64_t known);

/// The same of a category with so many levels.
[[nodiscard]] std::string why_id(std::string_view name, std::size_t levels, std::uint64_t known);

}  // namespace tessera::features
