#include "table/postgres/postgres_text.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/postgres.hpp"

namespace tessera::table {
namespace {

using io::PostgresReader;

constexpr int kMostReaders = 16;  // a server has a hundred connections, of which others want some
constexpr std::uint64_t kLeastBlocks = 64;  // of a reader
constexpr std::uint64_t kBytesPerProgress = std::uint64_t{1} << 22U;

// The names and types that the root rank finds, on all ranks: "Sname\0Nage\0".
std::string pack(const std::vector<PostgresReader::Column>& columns) {
  std::string packed;
  for (const PostgresReader::Column& column : columns) {
    packed += column.category;
    packed += column.name;
    packed += '\0';
  }
  return packed;
}

std::vector<PostgresReader::Column> unpack(const std::string& packed) {
  std::vector<PostgresReader::Column> columns;
  for (std::size_t at = 0; at < packed.size(); at = packed.find('\0', at) + 1) {
    columns.push_back({packed.substr(at + 1, packed.find('\0', at) - at - 1), packed[at]});
  }
  return columns;
}

std::string quoted(const std::string& name) {
  std::string text;
  text += '"';
  for (const char c : name) {
    text.append(c == '"' ? 2 : 1, c);
  }
  text += '"';
  return text;
}

bool holds_words(char category) { return category != 'N' && category != 'D' && category != 'B'; }

}  // namespace

std::unique_ptr<PostgresText> read_postgres(const comm::Communicator& comm,
                                            const std::string& input, const ReadOptions& options,
                                            std::uint64_t most_bytes, Progress& progress) {
  io::DatabaseAddress address;
  comm.together([&] {
    address = io::DatabaseAddress::of(input, "input");
    refuse_options(options,
                   {"format", "encoding", "delimiter", "escape", "comment", "header", "skip_lines",
                    "header_lines", "names", "drop_totals"},
                   address.shown + " is a database, which is not read as text");
  });
  std::optional<PostgresReader> reader;
  std::string state;
  std::string packed;
  std::uint64_t blocks = 0;
  comm.together([&] {
    if (comm.is_root()) {
      reader.emplace(address);
      packed = pack(reader->columns());
      blocks = reader->blocks();
      state = reader->export_state();
    }
  });
  state = comm.broadcast(std::move(state), 0);
  packed = comm.broadcast(std::move(packed), 0);
  comm.broadcast(std::span(&blocks, 1), 0);
  const auto readers = std::clamp<std::uint64_t>(
      std::min(blocks / kLeastBlocks,
               static_cast<std::uint64_t>(std::min(comm.size(), kMostReaders))),
      1, kMostReaders);
  const auto rank = static_cast<std::uint64_t>(comm.rank());
  comm.together([&] {
    if (!reader && rank < readers) {
      reader.emplace(address);
      reader->share_state(state);
    }
  });
  const std::vector<PostgresReader::Column> columns = unpack(packed);
  // of a single column a row without a value would be a blank line, which is none
  const std::string missing = columns.size() == 1 ? "\\N" : "";
  auto read = std::make_unique<PostgresText>();
  comm.together([&] {
    if (!reader) {
      return;
    }
    const std::uint64_t first = blocks * rank / readers;
    const std::uint64_t end = rank + 1 == readers ? 0 : blocks * (rank + 1) / readers;
    constexpr std::uint64_t kUsualBlock = 8192;  // in it there is about as much text
    const std::uint64_t total = blocks * kUsualBlock / readers;
    std::uint64_t told = 0;
    reader->copy(readers == 1 ? reader->select() : reader->select_blocks(first, end), missing,
                 [&](std::string_view row) {
                   read->text += row;
                   if (read->text.size() > most_bytes) {
                     fail(ExitCode::kUnfit,
                          "{}: a rank's part takes more than {} as text; use more ranks, or ingest "
                          "it in several parts",
                          address.shown, bytes_text(most_bytes));
                   }
                   if (read->text.size() - told > kBytesPerProgress) {
                     told = read->text.size();
                     progress.step("fetch", std::min(told, total), total);
                   }
                 });
  });
  reader.reset();
  read->name = address.shown;
  read->options = options;
  read->options.format = std::string("delimited");
  read->options.delimiter = std::string(",");
  read->options.header = Header::kYes;
  read->options.header_lines = std::string("1");
  read->options.skip_lines = std::string("0");
  if (options.missing == default_missing_markers()) {
    read->options.missing = {"NaN"};  // what is missing is so without a word
  }
  if (!missing.empty()) {
    read->options.missing.push_back(missing);
  }
  read->input = {.path = address.shown, .bytes = read->text, .header = "", .words = {}};
  std::set<std::string> known;
  for (const PostgresReader::Column& column : columns) {
    if (!known.insert(column.name).second) {
      fail(ExitCode::kBadData, "{}: two columns are called '{}'; give one another name (AS)",
           address.shown, column.name);
    }
    if (known.size() > 1) {
      read->input.header += ',';
    }
    read->input.header += quoted(column.name);
    if (holds_words(column.category)) {
      read->input.words.insert(column.name);
    }
  }
  read->input.header += '\n';
  return read;
}

}  // namespace tessera::table
