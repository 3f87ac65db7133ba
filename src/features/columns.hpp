/// \file
/// What is asked of a table's columns whatever their type. Private to src/features.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tessera/table/table.hpp"

namespace tessera::features {

/// The number that a text writes down, if it does.
[[nodiscard]] std::optional<double> number_of(std::string_view text);

/// A whole number that a double holds exactly, as text; empty for any other.
[[nodiscard]] std::string whole_number_text(double value);

/// Whether it is a category whose levels all write down numbers.
[[nodiscard]] bool has_numbers_only(const table::Column& column);

/// Whether a column has no value at all. Reads it as far as it must to know.
[[nodiscard]] bool is_all_missing(const table::Table& table, std::size_t column);

}  // namespace tessera::features
