/// \file
/// The words in what Python's pickle wrote, protocol 0: PyTables keeps lists of names so. Private
/// to src/table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::table {

/// The strings and whole numbers in a list of lists, tuples and dictionaries, in their order,
/// numbers as text; what else stands there is passed over. Nothing is run, and nothing comes back
/// if it is no such pickle. As of https://docs.python.org/3/library/pickletools.html.
[[nodiscard]] std::optional<std::vector<std::string>> pickled_words(std::string_view pickle);

}  // namespace tessera::table
