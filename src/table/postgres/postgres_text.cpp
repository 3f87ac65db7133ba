#include "table/postgres/postgres_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "tessera/base/error.hpp"
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

bool holds_words(char category) { return category != 'N' && category != 'D' && category != 'B'; }

}  // namespace

std::unique_ptr<FetchedText> read_postgres(const comm::Communicator& comm, const std::string& input,
                                           const ReadOptions& options, std::uint64_t most_bytes,
                                           Progress& progress) {
  io::DatabaseAddress address;
  comm.together([&] {
    address = io::DatabaseAddress::of(input, "input");
    refuse_text_options(options, address.shown + " is a database");
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
  auto read = std::make_unique<FetchedText>();
  read->name = address.shown;
  comm.together([&] {
    if (!reader) {
      return;
    }
    const std::uint64_t first = blocks * rank / readers;
    const std::uint64_t end = rank + 1 == readers ? 0 : blocks * (rank + 1) / readers;
    constexpr std::uint64_t kUsualBlock = 8192;  // in it there is about as much text
    const std::uint64_t total = blocks * kUsualBlock / readers;
    std::uint64_t told = 0;
    reader->copy(readers == 1 ? reader->select() : reader->select_blocks(first, end),
                 missing_cell(columns.size()), [&](std::string_view row) {
                   read->text += row;
                   check_memory(*read, most_bytes);
                   if (read->text.size() - told > kBytesPerProgress) {
                     told = read->text.size();
                     progress.step("fetch", std::min(told, total), total);
                   }
                 });
  });
  reader.reset();
  std::vector<FetchedColumn> described;
  described.reserve(columns.size());
  for (const PostgresReader::Column& column : columns) {
    described.push_back({column.name, holds_words(column.category)});
  }
  read->describe(options, described);
  return read;
}

}  // namespace tessera::table
