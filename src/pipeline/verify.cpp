#include "tessera/pipeline/verify.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tessera/io/h5.hpp"
#include "tessera/io/same_file.hpp"

namespace tessera::pipeline {
namespace {

constexpr std::uint64_t kRows = 65536;  // read at once

void read_column(const table::Table& table, std::size_t column, std::uint64_t first,
                 std::uint64_t count) {
  switch (table.columns()[column].type) {
    case table::ColumnType::kInteger:
    case table::ColumnType::kReal: {
      std::vector<double> numbers(count);
      return table.read_numbers(column, first, numbers);
    }
    case table::ColumnType::kCategory: {
      std::vector<std::int32_t> codes(count);
      return table.read_codes(column, first, codes);
    }
    case table::ColumnType::kText:
      (void)table.read_text(column, first, count);
  }
}

}  // namespace

std::optional<std::uint64_t> verify_checksums(const comm::Communicator& comm,
                                              const std::string& path) {
  bool sealed = false;
  std::uint64_t bytes = 0;
  io::InputFile opened = io::open_on_all(comm, path);
  comm.together([&] {
    const io::H5File file(std::move(opened));
    sealed = file.is_sealed();
    bytes = file.verify(comm.rank(), comm.size());
    file.check_unchanged();
  });
  bytes = comm.all_sum(bytes);
  return sealed ? std::optional(bytes) : std::nullopt;
}

void read_all_values(const comm::Communicator& comm, const table::Table& table,
                     Observer& observer) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  comm.together([&] {
    for (std::uint64_t done = 0; done < share.count; done += kRows) {
      observer.step("reading", done, share.count);
      for (std::size_t column = 0; column < table.columns().size(); ++column) {
        read_column(table, column, share.first + done, std::min(kRows, share.count - done));
      }
    }
  });
}

}  // namespace tessera::pipeline
