#include "tessera/table/text/ingest.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "table/fetched/fetched_text.hpp"
#include "table/records/file_sink.hpp"
#include "table/records/open_records.hpp"
#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/remote.hpp"
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

std::size_t kept_bytes_of(const comm::Communicator& comm, const IngestOptions& options) {
  constexpr std::uint64_t kAlways = std::uint64_t{256} << 20U;
  return std::min<std::uint64_t>(options.kept_bytes, std::max(kAlways, memory_of_a_rank(comm) / 8));
}

}  // namespace

ReadReport ingest(const comm::Communicator& comm, const IngestOptions& options,
                  Progress& progress) {
  const bool writes = !options.output.empty();
  std::uint64_t fetches = 0;
  comm.together([&] { fetches = comm.is_root() && is_fetched(options.input) ? 1 : 0; });
  comm.broadcast(std::span(&fetches, 1), 0);
  if (writes) {
    comm.together([&] { refuse_same_file(options.input, options.output); });
  }
  std::unique_ptr<FetchedText> fetched;
  std::vector<TextInput> texts;
  if (fetches != 0) {
    fetched = fetch(comm, options.input, options, memory_of_a_rank(comm), progress);
    texts.push_back(fetched->input);
  } else {
    for (const std::string& path : expand_inputs(comm, options.input)) {
      texts.push_back({path});
    }
  }
  Reading reading(
      comm, std::move(texts), fetched ? fetched->options : static_cast<const ReadOptions&>(options),
      {.chunk_bytes = options.chunk_bytes, .kept_bytes = writes ? kept_bytes_of(comm, options) : 0},
      progress);
  if (writes) {
    // An output that cannot be created is better known before the work than after it.
    const io::OutputFile attempt(comm, options.output);
  }
  reading.examine();
  if (writes) {
    TableWriter writer(
        comm, options.output, reading.places().rows(), plan_of(reading),
        {{"source", std::filesystem::path(io::without_query(options.input)).filename().string()}});
    FileSink sink(writer, reading);
    reading.write(sink);
    comm.together([&] { reading.check_unchanged(); });
    writer.commit();
  } else {
    comm.together([&] { reading.check_unchanged(); });
  }
  ReadReport report = reading.report();
  if (fetched) {
    report.notes.insert(report.notes.begin(), fetched->notes.begin(), fetched->notes.end());
  }
  return report;
}

}  // namespace tessera::table
