// A table as comma-separated text.
#include <cmath>
#include <utility>

#include "table/sink/csv_rows.hpp"
#include "table/sink/sinks.hpp"
#include "table/values/column_sink.hpp"
#include "tessera/io/file.hpp"

namespace tessera::table {
namespace {

/// Adds the cell of one row, whatever the values are.
class Cell {
 public:
  Cell(const PlannedColumn& column, std::uint64_t row, CsvRows& out)
      : column_(column), row_(row), out_(out) {}

  void operator()(std::span<const std::string> values) const { out_.text(values[row_]); }
  void operator()(std::span<const std::int32_t> codes) const {
    const std::int32_t code = codes[row_];
    out_.text(code < 0 ? std::string_view()
                       : column_.column.levels[static_cast<std::size_t>(code)]);
  }
  void operator()(std::span<const std::int64_t> values) const {
    if (values[row_] == kMissingInteger) {
      out_.text({});
    } else {
      out_.number(values[row_]);
    }
  }
  template <typename Real>
  void operator()(std::span<const Real> values) const {
    if (std::isnan(values[row_])) {
      out_.text({});
    } else if (column_.decimals >= 0) {
      out_.fixed(values[row_], column_.decimals);
    } else {
      out_.number(values[row_]);
    }
  }

 private:
  const PlannedColumn& column_;
  std::uint64_t row_;
  CsvRows& out_;
};

class CsvSink final : public Sink {
 public:
  CsvSink(const comm::Communicator& comm, const std::string& path,
          std::vector<PlannedColumn> columns)
      : comm_(comm), file_(comm, path), columns_(std::move(columns)) {
    if (comm.is_root()) {
      for (const PlannedColumn& column : columns_) {
        rows_.text(column.column.name);
      }
      rows_.end_row();
    }
    file_.append(rows_.view());
  }

  void write(const SinkBatch& batch) override {
    comm_.together([&] {
      rows_.clear();
      for (std::uint64_t row = 0; row < batch.rows; ++row) {
        for (std::size_t c = 0; c < columns_.size(); ++c) {
          std::visit(Cell(columns_[c], row, rows_), batch.columns[c]);
        }
        rows_.end_row();
      }
    });
    file_.append(rows_.view());
  }

  void flush() override { file_.flush(); }
  void commit() override { file_.commit(); }

 private:
  const comm::Communicator& comm_;
  io::OrderedTextFile file_;
  std::vector<PlannedColumn> columns_;
  CsvRows rows_;
};

}  // namespace

std::unique_ptr<Sink> create_csv_sink(const comm::Communicator& comm, const std::string& path,
                                      SinkPlan plan) {
  return std::make_unique<CsvSink>(comm, path, std::move(plan.columns));
}

}  // namespace tessera::table
