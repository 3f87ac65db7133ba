#include "table/parquet/parquet_text.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "table/sink/csv_rows.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/parquet.hpp"
#include "tessera/io/remote.hpp"
#include "tessera/io/same_file.hpp"

namespace tessera::table {
namespace {

using io::ParquetReader;

struct OpenFile {
  io::InputFile file;
  std::unique_ptr<ParquetReader> reader;
  std::uint64_t rows_before = 0;  // in the files before it
};

void require_same_columns(const OpenFile& first, const OpenFile& other) {
  const bool same = std::ranges::equal(
      first.reader->columns(), other.reader->columns(),
      [](const auto& a, const auto& b) { return a.name == b.name && a.type == b.type; });
  if (!same) {
    fail(ExitCode::kBadData,
         "{} and {} differ in their columns, or in their order or types: files of one table have "
         "the same",
         first.file.path(), other.file.path());
  }
}

// The rows [first, first + count) of all files, one behind the other.
void read_rows(std::deque<OpenFile>& files, const comm::Share& share, FetchedText& into,
               std::uint64_t most_bytes, Progress& progress) {
  CsvRows rows;
  std::uint64_t done = 0;
  const auto take = [&](std::span<const std::string_view> cells) {
    constexpr std::uint64_t kRowsPerProgress = 65536;
    for (const std::string_view cell : cells) {
      rows.text(cell.empty() ? missing_cell(cells.size()) : cell);
    }
    rows.end_row();
    into.text += rows.view();
    rows.clear();
    check_memory(into, most_bytes);
    if (++done % kRowsPerProgress == 0) {
      progress.step("fetch", done, share.count);
    }
  };
  for (OpenFile& file : files) {
    const std::uint64_t begin = std::max(share.first, file.rows_before);
    const std::uint64_t end =
        std::min(share.first + share.count, file.rows_before + file.reader->rows());
    if (begin < end) {
      file.reader->read(begin - file.rows_before, end - begin, take);
    }
  }
}

}  // namespace

bool is_parquet_input(const std::string& input) {
  try {
    return !io::is_remote(input) && io::is_parquet(list_inputs(input).at(0));
  } catch (const Error&) {  // of no file: the door of text says so
    return false;
  }
}

std::unique_ptr<FetchedText> read_parquet(const comm::Communicator& comm, const std::string& input,
                                          const ReadOptions& options, std::uint64_t most_bytes,
                                          Progress& progress) {
  comm.together([&] { refuse_text_options(options, input + " is Parquet"); });
  std::deque<OpenFile> files;
  for (const std::string& path : expand_inputs(comm, input)) {
    files.push_back({.file = io::open_on_all(comm, path), .reader = {}});
  }
  auto read = std::make_unique<FetchedText>();
  read->name = input;
  comm.together([&] {
    std::uint64_t rows = 0;
    for (OpenFile& file : files) {
      file.reader = std::make_unique<ParquetReader>(file.file);
      file.rows_before = rows;
      rows += file.reader->rows();
      require_same_columns(files.front(), file);
    }
    std::vector<FetchedColumn> columns;
    for (const ParquetReader::Column& column : files.front().reader->columns()) {
      if (column.holds == ParquetReader::Holds::kNested) {
        read->notes.push_back(
            fmt::format("column '{}' was left out: it holds {}", column.name, column.type));
      } else {
        columns.push_back({column.name, column.holds == ParquetReader::Holds::kWords});
      }
    }
    if (rows == 0 || columns.empty()) {
      fail(ExitCode::kBadData, "{} has no {}", input,
           rows == 0 ? "rows" : "columns of single values");
    }
    read_rows(files, comm::share_of(rows, comm.rank(), comm.size()), *read, most_bytes, progress);
    for (const OpenFile& file : files) {
      file.file.check_unchanged();
    }
    read->describe(options, columns);
  });
  return read;
}

}  // namespace tessera::table
