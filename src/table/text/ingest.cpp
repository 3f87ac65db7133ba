#include "tessera/table/text/ingest.hpp"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "table/postgres/postgres_text.hpp"
#include "table/records/file_sink.hpp"
#include "table/records/open_records.hpp"
#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/postgres.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

std::vector<PlannedColumn> plan_of(const Reading& reading) {
  std::vector<PlannedColumn> plan;
  for (const FoundColumn& found : reading.columns()) {
    plan.push_back({.column = found.column,
                    .summary = found.summary,
                    .counted = true,
                    .text_width = found.text_width,
                    .text_bytes = found.text_bytes,
                    .single_precision = false});
  }
  return plan;
}

}  // namespace

ReadReport ingest(const comm::Communicator& comm, const IngestOptions& options,
                  Progress& progress) {
  const bool writes = !options.output.empty();
  const bool is_database = io::is_database(options.input);
  if (writes && !is_database) {
    comm.together([&] { refuse_same_file(options.input, options.output); });
  }
  std::unique_ptr<PostgresText> fetched;
  std::vector<TextInput> texts;
  if (is_database) {
    fetched = read_postgres(comm, options.input, options, memory_of_a_rank(comm), progress);
    texts.push_back(fetched->input);
  } else {
    for (const std::string& path : expand_inputs(comm, options.input)) {
      texts.push_back({path});
    }
  }
  Reading reading(
      comm, std::move(texts), fetched ? fetched->options : static_cast<const ReadOptions&>(options),
      {.chunk_bytes = options.chunk_bytes, .kept_bytes = writes ? options.kept_bytes : 0},
      progress);
  if (writes) {
    // An output that cannot be created is better known before the work than after it.
    const io::OutputFile attempt(comm, options.output);
  }
  reading.examine();
  if (writes) {
    TableWriter writer(comm, options.output, reading.places().rows(), plan_of(reading),
                       {{"source", std::filesystem::path(options.input).filename().string()}});
    FileSink sink(writer, reading);
    reading.write(sink);
    comm.together([&] { reading.check_unchanged(); });
    writer.commit();
  } else {
    comm.together([&] { reading.check_unchanged(); });
  }
  return reading.report();
}

}  // namespace tessera::table
