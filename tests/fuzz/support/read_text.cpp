#include "fuzz/support/read_text.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "tessera/comm/thread_ranks.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::fuzz {
namespace {

using comm::Communicator;

constexpr int kRanks = 3;

// One in so many inputs is read in all ways; the others, which takes a hundredth of the time, in
// one: libFuzzer needs many, while the seeds that the tests replay are few.
#if defined(TESSERA_FUZZ_SELDOM)
constexpr std::uint64_t kSeldom = TESSERA_FUZZ_SELDOM;
#else
constexpr std::uint64_t kSeldom = 1;
#endif

/// Chosen by what is in it, so that a finding is found again.
bool is_chosen(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return (hash >> 32U) % kSeldom == 0;
}

struct Read {
  table::ReadReport report;
  std::string error;
  std::string table;               // the file's bytes
  std::vector<std::string> cells;  // column after column
};

std::string take_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove(path);
  return bytes;
}

void ingest(const Communicator& comm, const table::IngestOptions& options, Read& result) {
  table::ReadReport report;
  const std::string error = error_of([&] { report = table::ingest(comm, options); });
  if (comm.is_root()) {
    result.report = std::move(report);
    result.error = error;
  }
}

/// The table's cells as text, from all ranks: each reads its share.
std::vector<std::string> cells_of(const Communicator& comm, const table::Table& table) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  std::vector<std::string> all;
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    std::string mine;
    comm.together([&] {
      for (const std::string& cell : table.read_text(c, share.first, share.count)) {
        mine += cell + '\0';
      }
    });
    const std::vector<std::string> parts = comm.all_gather_strings(mine);
    std::string column = table.columns()[c].name + '\0';
    for (const std::string& part : parts) {
      column += part;
    }
    all.push_back(std::move(column));
  }
  return all;
}

void open(const Communicator& comm, const table::IngestOptions& options, Read& result) {
  std::vector<std::string> cells;
  table::ReadReport report;
  const std::string error = error_of([&] {
    const table::OpenedTable opened = table::open_source(comm, options.input, options);
    cells = cells_of(comm, *opened.table);
    report = opened.report.value_or(table::ReadReport{});
  });
  if (comm.is_root()) {
    result = {std::move(report), error, "", std::move(cells)};
  }
}

void compare(const table::ReadReport& a, const table::ReadReport& b) {
  expect(a.rows == b.rows, "other rows");
  expect(a.rejected == b.rejected, "other rows are rejected");
  expect(a.notes == b.notes, "other notes");
  expect(a.columns.size() == b.columns.size(), "other columns");
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    expect(a.columns[i].name == b.columns[i].name, "another name");
    expect(a.columns[i].type == b.columns[i].type, "another type");
  }
}

}  // namespace

void choose_options(Choices& choices, table::IngestOptions& options) {
  options.on_error = static_cast<table::OnError>(choices.below(3));
  if (choices.below(3) == 0) {
    options.missing = {"?", "a", "-1"};
  }
  const std::size_t stated = choices.below(8);
  if (stated < 4) {
    options.types = {"a=" + table::to_string(static_cast<table::ColumnType>(stated))};
  }
}

void read_in_all_ways(Choices& choices, table::IngestOptions options) {
  table::ReadOptions format;
  format.format = options.format;
  table::check(format);  // of a wrong name all ways would agree that it is one
  const std::size_t chunk = 1 + choices.byte();
  const bool keeps = choices.below(2) == 0;
  const ScratchFile file(choices.rest());
  options.input = file.path();
  if (table::is_h5(options.input)) {
    return;  // which is no text, whatever the options say
  }
  if (!is_chosen(choices.rest())) {
    Read alone;
    options.chunk_bytes = chunk;
    open(comm::LocalCommunicator(), options, alone);
    return;
  }
  options.output = scratch_folder() + "/table.h5";

  Read whole;
  ingest(comm::LocalCommunicator(), options, whole);
  if (whole.error.empty()) {
    const comm::LocalCommunicator alone;
    whole.cells = cells_of(alone, *table::open_table(alone, options.output));
  }
  whole.table = take_file(options.output);
  expect(whole.table.empty() == !whole.error.empty(), "a table appears, or an error");

  table::IngestOptions small = options;
  small.chunk_bytes = chunk;
  small.kept_bytes = keeps ? small.kept_bytes : 64;
  Read parts;
  comm::run_on_threads(kRanks, [&](const Communicator& comm) { ingest(comm, small, parts); });
  parts.table = take_file(options.output);
  expect(whole.error == parts.error, whole.error + " | " + parts.error);
  expect(whole.table == parts.table, "other ranks write another table");
  compare(whole.report, parts.report);

  Read held;
  comm::run_on_threads(kRanks, [&](const Communicator& comm) { open(comm, options, held); });
  expect(whole.error == held.error, whole.error + " | in memory: " + held.error);
  expect(whole.cells == held.cells, "the table in memory is another one");
  compare(whole.report, held.report);
}

}  // namespace tessera::fuzz
