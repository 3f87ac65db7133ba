/// \file
/// How a delimited file is punctuated, found from its beginning. Private to src/table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "table/text/dialect.hpp"
#include "table/text/sample.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::table {

/// The dialect, as stated or found, of the text behind `start`. `delimiter`: known from a line
/// above. `start` is moved behind comments above the header that are found. `notes` gets what was.
///
/// The delimiter is that of `,` `;` tab `|` which divides most of the first records into equally
/// many fields, two or more; of several the one that gives more. If none does, runs of blanks
/// divide the records if all have as many fields (the first may have one less), and a column holds
/// numbers in all but the first.
///
/// A backslash escapes quotes if the head is read with fewer records that are wrong then.
///
/// The first lines, if they begin with `#`, are comments, unless the last of them has as many
/// fields as most of the records that follow, and these do not surely start with a header.
[[nodiscard]] Dialect find_dialect(const Head& head, const ReadOptions& options,
                                   std::optional<char> delimiter, LineStart& start,
                                   std::vector<std::string>& notes);

}  // namespace tessera::table
