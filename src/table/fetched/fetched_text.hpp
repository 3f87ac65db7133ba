/// \file
/// Rows that come with the names and kinds of their columns, out of a database or from Parquet, as
/// text that each rank has a part of. Private to src/table.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "table/records/input_file.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {

struct FetchedColumn {
  std::string name;
  bool holds_words = false;  ///< though they may look like numbers
};

struct FetchedText {
  std::string name;                ///< of the table, for messages
  std::string text;                ///< this rank's part: delimited by commas, without a header
  TextInput input;                 ///< of these, which are kept by the caller
  ReadOptions options;             ///< to read them with
  std::vector<std::string> notes;  ///< what a person should know, on all ranks

  /// Once all text is there: what its columns are. Throws kBadData if two have one name.
  void describe(const ReadOptions& asked, std::span<const FetchedColumn> columns);
};

/// What stands in the place of a missing cell: of a single column a row without a value would be a
/// blank line, which is none.
[[nodiscard]] inline const char* missing_cell(std::size_t columns) {
  return columns == 1 ? "\\N" : "";
}

/// Throws kUnfit if this rank's text has more than so many bytes.
void check_memory(const FetchedText& text, std::uint64_t most_bytes);

/// Throws kUsage if an option says how text is written: `what` has none.
void refuse_text_options(const ReadOptions& options, const std::string& what);

/// Whether an input is a database or Parquet.
[[nodiscard]] bool is_fetched(const std::string& input);
/// Collective: fetches it. Takes as much memory as the text has, up to `most_bytes` for a rank.
[[nodiscard]] std::unique_ptr<FetchedText> fetch(const comm::Communicator& comm,
                                                 const std::string& input,
                                                 const ReadOptions& options,
                                                 std::uint64_t most_bytes, Progress& progress);
/// As open_source() says.
[[nodiscard]] OpenedTable open_fetched(const comm::Communicator& comm, const std::string& input,
                                       const ReadOptions& options, Progress& progress);

}  // namespace tessera::table
