// A table in Tessera's HDF5 layout.
#include <utility>

#include "table/sink/sinks.hpp"
#include "tessera/table/h5/table_writer.hpp"

namespace tessera::table {
namespace {

/// Writes one column of a batch, whatever its values are.
class WriteColumn {
 public:
  WriteColumn(TableWriter& writer, std::size_t column, std::uint64_t first, std::uint64_t before)
      : writer_(writer), column_(column), first_(first), before_(before) {}

  void operator()(std::span<const std::string> values) const {
    writer_.write_text(column_, first_, values, before_);
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
  std::uint64_t before_;
};

std::uint64_t bytes_of(const SinkValues& values) {
  std::uint64_t bytes = 0;
  if (const auto* texts = std::get_if<std::span<const std::string>>(&values)) {
    for (const std::string& text : *texts) {
      bytes += text.size();
    }
  }
  return bytes;
}

class H5Sink final : public Sink {
 public:
  H5Sink(const comm::Communicator& comm, const std::string& path, SinkPlan plan)
      : comm_(comm),
        text_bytes_(plan.columns.size()),
        writer_(comm, path, plan.rows, std::move(plan.columns), plan.notes) {}

  void write(const SinkBatch& batch) override {
    std::vector<std::uint64_t> before(text_bytes_.size());
    for (std::size_t c = 0; c < text_bytes_.size(); ++c) {
      if (writer_.has_own_lengths(c)) {
        const std::uint64_t bytes = batch.rows > 0 ? bytes_of(batch.columns[c]) : 0;
        before[c] = text_bytes_[c] + comm_.sum_of_lower_ranks(bytes);
        text_bytes_[c] += comm_.all_sum(bytes);
      }
    }
    comm_.together([&] {
      for (std::size_t c = 0; c < batch.columns.size() && batch.rows > 0; ++c) {
        std::visit(WriteColumn(writer_, c, batch.first, before[c]), batch.columns[c]);
      }
    });
  }

  void flush() override { writer_.flush(); }
  void commit() override { writer_.commit(); }

 private:
  const comm::Communicator& comm_;
  std::vector<std::uint64_t> text_bytes_;  // written so far, by all ranks
  TableWriter writer_;
};

}  // namespace

std::unique_ptr<Sink> create_h5_sink(const comm::Communicator& comm, const std::string& path,
                                     SinkPlan plan) {
  return std::make_unique<H5Sink>(comm, path, std::move(plan));
}

}  // namespace tessera::table
