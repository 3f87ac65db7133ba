// Delimited text, with options from the first bytes: read by one rank and by three in small chunks,
// which have to find the same, and write the same table.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/support/fuzz.hpp"
#include "tessera/comm/thread_ranks.hpp"
#include "tessera/table/text/ingest.hpp"

namespace {

using namespace tessera;  // NOLINT(google-build-using-namespace)

table::IngestOptions options_from(fuzz::Choices& choices) {
  table::IngestOptions options;
  constexpr std::string_view kDelimiters = ",;\t|";
  const std::size_t delimiter = choices.below(kDelimiters.size() + 3);
  if (delimiter < kDelimiters.size()) {
    options.delimiter = std::string(1, kDelimiters[delimiter]);
  } else if (delimiter == kDelimiters.size()) {
    const char any = static_cast<char>(choices.byte());
    if (any != '"' && any != '\r' && any != '\n' && any != ' ') {
      options.delimiter = std::string(1, any);
    }
  }
  options.header = static_cast<table::Header>(choices.below(3));
  options.on_error = static_cast<table::OnError>(choices.below(2));
  if (choices.below(3) == 0) {
    options.missing = {"?", "a", "-1"};
  }
  const std::size_t stated = choices.below(8);
  if (stated < 4) {
    options.types = {"a=" + table::to_string(static_cast<table::ColumnType>(stated))};
  }
  return options;
}

struct Read {
  table::ReadReport report;
  std::string error;
  std::string table;
};

Read read(int ranks, table::IngestOptions options) {
  Read result;
  const auto body = [&](const comm::Communicator& comm) {
    std::string error;
    table::ReadReport report;
    error = fuzz::error_of([&] { report = table::ingest(comm, options); });
    if (comm.is_root()) {
      result.report = std::move(report);
      result.error = std::move(error);
    }
  };
  if (ranks == 1) {
    body(comm::LocalCommunicator());
  } else {
    comm::run_on_threads(ranks, body);
  }
  if (!options.output.empty()) {
    std::ifstream file(options.output, std::ios::binary);
    result.table.assign(std::istreambuf_iterator<char>(file), {});
    std::filesystem::remove(options.output);
    fuzz::expect(result.table.empty() == !result.error.empty(), "a table appears or an error");
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices({data, size});
  table::IngestOptions options = options_from(choices);
  const std::size_t chunk = 1 + choices.byte();
  const bool writes = choices.below(4) == 0;
  const bool keeps = choices.below(2) == 0;
  const fuzz::ScratchFile file(choices.rest());
  options.input = file.path();
  if (writes) {
    options.output = fuzz::scratch_folder() + "/table.h5";
  }
  const Read whole = read(1, options);
  options.chunk_bytes = chunk;
  options.kept_bytes = keeps ? options.kept_bytes : 64;
  const Read parts = read(3, options);
  fuzz::expect(whole.error == parts.error, whole.error + " | " + parts.error);
  fuzz::expect(whole.table == parts.table, "other ranks write another table");
  fuzz::expect(whole.report.rows == parts.report.rows, "other ranks find other rows");
  fuzz::expect(whole.report.rejected == parts.report.rejected, "other ranks reject other rows");
  fuzz::expect(whole.report.notes == parts.report.notes, "other ranks note other things");
  fuzz::expect(whole.report.columns.size() == parts.report.columns.size(), "other columns");
  for (std::size_t i = 0; i < whole.report.columns.size(); ++i) {
    fuzz::expect(whole.report.columns[i].type == parts.report.columns[i].type, "another type");
    fuzz::expect(whole.report.columns[i].name == parts.report.columns[i].name, "another name");
  }
  return 0;
}
