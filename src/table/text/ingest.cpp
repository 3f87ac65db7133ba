#include "tessera/table/text/ingest.hpp"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

/// Values to their rows in the file.
class FileSink final : public ColumnSink {
 public:
  FileSink(TableWriter& writer, const RowPlaces& places) : writer_(writer), places_(places) {}

  void integers(std::size_t column, std::uint64_t first,
                std::span<const std::int64_t> values) override {
    put(first, values,
        [&](std::uint64_t row, auto part) { writer_.write_integers(column, row, part); });
  }
  void reals(std::size_t column, std::uint64_t first, std::span<const double> values) override {
    put(first, values,
        [&](std::uint64_t row, auto part) { writer_.write_numbers(column, row, part); });
  }
  void codes(std::size_t column, std::uint64_t first,
             std::span<const std::int32_t> values) override {
    put(first, values,
        [&](std::uint64_t row, auto part) { writer_.write_codes(column, row, part); });
  }
  void texts(std::size_t column, std::uint64_t first,
             std::span<const std::string_view> values) override {
    put(first, values,
        [&](std::uint64_t row, auto part) { writer_.write_text(column, row, part); });
  }

 private:
  template <typename Value, typename Write>
  void put(std::uint64_t first, std::span<const Value> values, const Write& write) const {
    places_.for_each_run(first, values.size(),
                         [&](std::uint64_t row, std::uint64_t from, std::uint64_t count) {
                           write(row, values.subspan(from - first, count));
                         });
  }

  TableWriter& writer_;
  const RowPlaces& places_;
};

std::vector<PlannedColumn> plan_of(const Reading& reading) {
  std::vector<PlannedColumn> plan;
  for (const FoundColumn& found : reading.columns()) {
    plan.push_back({.column = found.column,
                    .summary = found.summary,
                    .text_width = found.text_width,
                    .single_precision = false});
  }
  return plan;
}

void refuse_to_overwrite(const std::vector<std::string>& inputs, const std::string& output) {
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::equivalent(input, output, ignored)) {
      fail(ExitCode::kUsage, "the output {} is the input itself; give another name", output);
    }
  }
}

}  // namespace

ReadReport ingest(const comm::Communicator& comm, const IngestOptions& options,
                  Progress& progress) {
  const std::vector<std::string> inputs = expand_inputs(comm, options.input);
  comm.together([&] { refuse_to_overwrite(inputs, options.output); });
  const bool writes = !options.output.empty();
  std::vector<TextInput> texts;
  texts.reserve(inputs.size());
  for (const std::string& path : inputs) {
    texts.push_back({path});
  }
  Reading reading(
      comm, std::move(texts), options,
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
    FileSink sink(writer, reading.places());
    reading.write(sink);
    comm.together([&] { reading.check_unchanged(); });
    writer.commit();
  } else {
    comm.together([&] { reading.check_unchanged(); });
  }
  return reading.report();
}

}  // namespace tessera::table
