// A table in Tessera's HDF5 layout.
#include <utility>

#include "table/sink/sinks.hpp"
#include "tessera/table/h5/table_writer.hpp"

namespace tessera::table {
namespace {

/// Writes one column of a batch, whatever its values are.
class WriteColumn {
 public:
  WriteColumn(TableWriter& writer, std::size_t column, std::uint64_t first)
      : writer_(writer), column_(column), first_(first) {}

  void operator()(std::span<const std::string> values) const {
    writer_.write_text(column_, first_, values);
  }
  void operator()(std::span<const std::int32_t> codes) const {
    writer_.write_codes(column_, first_, codes);
  }
  void operator()(std::span<const std::int64_t> values) const {
    writer_.write_integers(column_, first_, values);
  }
  void operator()(std::span<const double> values) const {
    writer_.write_numbers(column_, first_, values);
  }
  void operator()(std::span<const float> values) const {
    writer_.write_numbers(column_, first_, std::vector<double>(values.begin(), values.end()));
  }

 private:
  TableWriter& writer_;
  std::size_t column_;
  std::uint64_t first_;
};

class H5Sink final : public Sink {
 public:
  H5Sink(const comm::Communicator& comm, const std::string& path, SinkPlan plan)
      : comm_(comm), writer_(comm, path, plan.rows, std::move(plan.columns), plan.notes) {}

  void write(const SinkBatch& batch) override {
    comm_.together([&] {
      for (std::size_t c = 0; c < batch.columns.size() && batch.rows > 0; ++c) {
        std::visit(WriteColumn(writer_, c, batch.first), batch.columns[c]);
      }
    });
  }

  void flush() override { writer_.flush(); }
  void commit() override { writer_.commit(); }

 private:
  const comm::Communicator& comm_;
  TableWriter writer_;
};

}  // namespace

std::unique_ptr<Sink> create_h5_sink(const comm::Communicator& comm, const std::string& path,
                                     SinkPlan plan) {
  return std::make_unique<H5Sink>(comm, path, std::move(plan));
}

}  // namespace tessera::table
