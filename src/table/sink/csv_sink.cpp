// A table as comma-separated text.
#include <utility>

#include "table/sink/batch_rows.hpp"
#include "table/sink/sinks.hpp"
#include "tessera/io/file.hpp"

namespace tessera::table {
namespace {

class CsvSink final : public Sink {
 public:
  CsvSink(const comm::Communicator& comm, const std::string& path, SinkPlan plan)
      : comm_(comm),
        file_(comm, path),
        columns_(std::move(plan.columns)),
        csv_safe_(plan.csv_safe) {
    if (comm.is_root()) {
      for (const PlannedColumn& column : columns_) {
        if (csv_safe_) {
          rows_.guarded_text(column.column.name);
        } else {
          rows_.text(column.column.name);
        }
      }
      rows_.end_row();
    }
    file_.append(rows_.view());
  }

  void write(const SinkBatch& batch) override {
    comm_.together([&] {
      rows_.clear();
      add_rows(batch, columns_, csv_safe_, rows_);
    });
    file_.append(rows_.view());
  }

  void flush() override { file_.flush(); }
  void commit() override { file_.commit(); }

 private:
  const comm::Communicator& comm_;
  io::OrderedTextFile file_;
  std::vector<PlannedColumn> columns_;
  bool csv_safe_;
  CsvRows rows_;
};

}  // namespace

std::unique_ptr<Sink> create_csv_sink(const comm::Communicator& comm, const std::string& path,
                                      SinkPlan plan) {
  return std::make_unique<CsvSink>(comm, path, std::move(plan));
}

}  // namespace tessera::table
