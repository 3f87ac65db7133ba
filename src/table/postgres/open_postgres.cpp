#include "table/postgres/open_postgres.hpp"

#include "table/postgres/postgres_text.hpp"
#include "table/records/open_records.hpp"

namespace tessera::table {

OpenedTable open_postgres(const comm::Communicator& comm, const std::string& input,
                          const ReadOptions& options, Progress& progress) {
  const auto read = read_postgres(comm, input, options, memory_of_a_rank(comm), progress);
  return open_inputs(comm, read->name, {read->input}, read->options, progress);
}

}  // namespace tessera::table
