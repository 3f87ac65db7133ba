// A table of a database, which the root rank writes.
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "table/sink/batch_rows.hpp"
#include "table/sink/sinks.hpp"
#include "tessera/io/postgres_writer.hpp"

namespace tessera::table {
namespace {

std::string type_of(const PlannedColumn& column) {
  switch (column.column.type) {
    case ColumnType::kInteger:
      return "bigint";
    case ColumnType::kReal:
      return column.single_precision ? "real" : "double precision";
    case ColumnType::kDate:
      return column.column.has_time ? "timestamp with time zone" : "date";
    case ColumnType::kCategory:
    case ColumnType::kText:
      break;
  }
  return column.holds_numbers ? "numeric" : "text";
}

class PostgresSink final : public Sink {
 public:
  PostgresSink(const comm::Communicator& comm, const std::string& path, SinkPlan plan)
      : comm_(comm), columns_(std::move(plan.columns)) {
    comm.together([&] {
      if (comm.is_root()) {
        std::vector<io::PostgresWriter::Column> columns;
        for (const PlannedColumn& column : columns_) {
          columns.push_back({column.column.name, type_of(column)});
        }
        writer_.emplace(io::DatabaseAddress::of(path, "output"), columns);
      }
    });
  }

  void write(const SinkBatch& batch) override {
    comm_.together([&] {
      rows_.clear();
      add_rows(batch, columns_, false, rows_);
    });
    const std::string_view mine = rows_.view();
    const std::vector<std::uint64_t> sizes =
        comm_.all_gather(std::vector<std::uint64_t>{mine.size()});
    std::vector<std::uint64_t> to(sizes.size());
    std::vector<std::uint64_t> from(sizes.size());
    to[0] = mine.size();
    if (comm_.is_root()) {
      from = sizes;
    }
    received_.resize(std::accumulate(from.begin(), from.end(), std::uint64_t{0}));
    comm_.all_to_all(std::span<const char>(mine), to, std::span<char>(received_), from);
    comm_.together([&] {
      if (writer_) {
        writer_->put(received_);
      }
    });
  }

  void flush() override {
    comm_.together([&] {
      if (writer_ && !std::exchange(finished_, true)) {
        writer_->finish();
      }
    });
  }
  void commit() override {
    flush();
    comm_.together([&] {
      if (writer_) {
        writer_->commit();
      }
    });
  }

 private:
  const comm::Communicator& comm_;
  std::vector<PlannedColumn> columns_;
  std::optional<io::PostgresWriter> writer_;  // of the root
  CsvRows rows_;
  std::string received_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Sink> create_postgres_sink(const comm::Communicator& comm, const std::string& path,
                                           SinkPlan plan) {
  return std::make_unique<PostgresSink>(comm, path, std::move(plan));
}

}  // namespace tessera::table
