#include "table/fetched/fetched_text.hpp"

#include <algorithm>
#include <set>

#include "table/parquet/parquet_text.hpp"
#include "table/postgres/postgres_text.hpp"
#include "table/records/open_records.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/postgres.hpp"

namespace tessera::table {
void FetchedText::describe(const ReadOptions& asked, std::span<const FetchedColumn> columns) {
  options = asked;
  options.format = std::string("delimited");
  options.delimiter = std::string(",");
  options.header = Header::kYes;
  options.header_lines = std::string("1");
  options.skip_lines = std::string("0");
  if (asked.missing == default_missing_markers()) {
    options.missing = {"NaN"};  // what is missing is so without a word
  }
  if (const std::string missing = missing_cell(columns.size()); !missing.empty()) {
    options.missing.push_back(missing);
  }
  input = {.path = name, .bytes = text, .header = "", .words = {}};
  std::set<std::string> known;
  for (const FetchedColumn& column : columns) {
    if (!known.insert(column.name).second) {
      fail(ExitCode::kBadData, "{}: two columns are called '{}'; give one another name", name,
           column.name);
    }
    if (known.size() > 1) {
      input.header += ',';
    }
    input.header += in_double_quotes(column.name);
    if (column.holds_words) {
      input.words.insert(column.name);
    }
  }
  input.header += '\n';
}

void check_memory(const FetchedText& text, std::uint64_t most_bytes) {
  if (text.text.size() > most_bytes) {
    fail(ExitCode::kUnfit,
         "{}: a rank's part takes more than {} as text; use more ranks, or ingest it in several "
         "parts",
         text.name, bytes_text(most_bytes));
  }
}

void refuse_text_options(const ReadOptions& options, const std::string& what) {
  refuse_options(options,
                 {"format", "encoding", "delimiter", "escape", "comment", "header", "skip_lines",
                  "header_lines", "names", "drop_totals"},
                 what + ", which is not read as text");
}

bool is_fetched(const std::string& input) {
  return io::is_database(input) || is_parquet_input(input);
}

std::unique_ptr<FetchedText> fetch(const comm::Communicator& comm, const std::string& input,
                                   const ReadOptions& options, std::uint64_t most_bytes,
                                   Progress& progress) {
  return (io::is_database(input) ? read_postgres : read_parquet)(comm, input, options, most_bytes,
                                                                 progress);
}

OpenedTable open_fetched(const comm::Communicator& comm, const std::string& input,
                         const ReadOptions& options, Progress& progress) {
  const auto read = fetch(comm, input, options, memory_of_a_rank(comm), progress);
  OpenedTable opened = open_inputs(comm, read->name, {read->input}, read->options, progress);
  opened.report->notes.insert(opened.report->notes.begin(), read->notes.begin(), read->notes.end());
  return opened;
}

}  // namespace tessera::table
