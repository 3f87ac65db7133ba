#include "tessera/pipeline/score_writer.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "pipeline/csv_rows.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/source.hpp"

namespace tessera::pipeline {
namespace {

class CsvScores final : public ScoreWriter {
 public:
  CsvScores(const comm::Communicator& comm, const std::string& path, const std::string& id,
            std::span<const std::string> columns)
      : comm_(comm), file_(comm, path), columns_(columns.size()) {
    if (comm.is_root()) {
      rows_.text(id);
      rows_.text("segment");
      for (const std::string& column : columns) {
        rows_.text(column);
      }
      rows_.end_row();
    }
    file_.append(rows_.view());
  }

  void write(const ScoredRows& batch) override {
    comm_.together([&] {
      rows_.clear();
      const float* number = batch.scores.numbers.data();
      for (std::size_t i = 0; i < batch.ids.size(); ++i) {
        rows_.text(batch.ids[i]);
        rows_.number(batch.scores.segments[i] + 1);
        for (std::size_t column = 0; column < columns_; ++column) {
          rows_.number(*number++);
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
  std::size_t columns_;
  CsvRows rows_;
};

class TableScores final : public ScoreWriter {
 public:
  TableScores(const comm::Communicator& comm, const std::string& path, const CustomerIds& ids,
              std::size_t id_width, std::size_t segments, std::span<const std::string> columns)
      : comm_(comm),
        columns_(columns.size()),
        writer_(comm, path, ids.rows(), plan(ids.name(), id_width, segments, columns),
                {{"made_by", "tessera score"}}) {}

  void write(const ScoredRows& batch) override {
    comm_.together([&] {
      const std::size_t count = batch.ids.size();
      writer_.write_text(0, batch.first, batch.ids);
      std::vector<std::int64_t> segments(count);
      for (std::size_t i = 0; i < count; ++i) {
        segments[i] = batch.scores.segments[i] + 1;
      }
      writer_.write_integers(1, batch.first, segments);
      std::vector<double> numbers(count);
      for (std::size_t column = 0; column < columns_; ++column) {
        for (std::size_t i = 0; i < count; ++i) {
          numbers[i] = batch.scores.numbers[i * columns_ + column];
        }
        writer_.write_numbers(2 + column, batch.first, numbers);
      }
    });
  }

  void flush() override { writer_.flush(); }
  void commit() override { writer_.commit(); }

 private:
  static std::vector<table::PlannedColumn> plan(const std::string& id, std::size_t id_width,
                                                std::size_t segments,
                                                std::span<const std::string> columns) {
    std::vector<table::PlannedColumn> plan(2 + columns.size());
    plan[0].column = {id, table::ColumnType::kText, {}};
    plan[0].text_width = id_width;
    plan[1].column = {"segment", table::ColumnType::kInteger, {}};
    plan[1].summary.minimum = 1;
    plan[1].summary.maximum = static_cast<double>(segments);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      plan[2 + i].column = {columns[i], table::ColumnType::kReal, {}};
      plan[2 + i].single_precision = true;
    }
    return plan;
  }

  const comm::Communicator& comm_;
  std::size_t columns_;
  table::TableWriter writer_;
};

std::uint64_t common_rows(const comm::Share& one, const comm::Share& other) {
  const std::uint64_t first = std::max(one.first, other.first);
  const std::uint64_t end = std::min(one.first + one.count, other.first + other.count);
  return end > first ? end - first : 0;
}

}  // namespace

void check_scores_name(std::string_view field, const std::string& path) {
  if (!table::has_h5_name(path) && !path.ends_with(".csv")) {
    fail_about(field, ExitCode::kUsage, "{} {}: expected a name that ends in .csv or .h5", field,
               path);
  }
}

std::unique_ptr<ScoreWriter> create_score_writer(const comm::Communicator& comm,
                                                 const std::string& path, const CustomerIds& ids,
                                                 std::size_t segments,
                                                 std::span<const std::string> columns,
                                                 Observer& observer) {
  if (table::has_h5_name(path)) {
    const Section section(observer, "measure ids");
    return std::make_unique<TableScores>(comm, path, ids, ids.width(comm), segments, columns);
  }
  return std::make_unique<CsvScores>(comm, path, ids.name(), columns);
}

std::uint64_t score_rounds(std::uint64_t rows, int ranks) {
  const std::uint64_t in_round = kScoreBatch * static_cast<std::uint64_t>(ranks);
  return (rows + in_round - 1) / in_round;
}

comm::Share score_batch(std::uint64_t rows, std::uint64_t round, int rank, int ranks) {
  const std::uint64_t batch =
      round * static_cast<std::uint64_t>(ranks) + static_cast<std::uint64_t>(rank);
  const std::uint64_t first = std::min(rows, batch * kScoreBatch);
  return {first, std::min(kScoreBatch, rows - first)};
}

namespace {

// The ids of this rank's rows from `first` on, dealt out as all_to_all() deals.
std::vector<std::string> deal_ids(const comm::Communicator& comm, const CustomerIds& ids,
                                  std::uint64_t first, std::span<const std::uint64_t> to,
                                  std::span<const std::uint64_t> from) {
  const auto sum = [](std::span<const std::uint64_t> counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  };
  const auto bytes_of = [&](std::span<const std::uint64_t> sizes,
                            std::span<const std::uint64_t> counts) {
    std::vector<std::uint64_t> bytes;
    for (const std::uint64_t count : counts) {
      bytes.push_back(sum(sizes.first(count)));
      sizes = sizes.subspan(count);
    }
    return bytes;
  };
  std::vector<std::uint64_t> sizes;
  std::string text;
  comm.together([&] {
    for (const std::string& id : ids.read(first, sum(to))) {
      sizes.push_back(id.size());
      text += id;
    }
  });
  std::vector<std::uint64_t> sizes_here(sum(from));
  comm.all_to_all(std::span<const std::uint64_t>(sizes), to, std::span(sizes_here), from);
  const std::vector<std::uint64_t> bytes_from = bytes_of(sizes_here, from);
  std::string text_here(sum(bytes_from), '\0');
  comm.all_to_all(std::span<const char>(text), bytes_of(sizes, to), std::span<char>(text_here),
                  bytes_from);
  std::vector<std::string> dealt;
  std::size_t at = 0;
  for (const std::uint64_t size : sizes_here) {
    dealt.push_back(text_here.substr(at, size));
    at += size;
  }
  return dealt;
}

}  // namespace

void write_shards(const comm::Communicator& comm, const CustomerIds& ids, const Scores& shard,
                  std::size_t columns, ScoreWriter& writer, Progress& progress) {
  const std::uint64_t rows = ids.rows();
  const int ranks = comm.size();
  const comm::Share share = comm::share_of(rows, comm.rank(), ranks);
  std::uint64_t passed = 0;  // rows of the shard
  for (std::uint64_t round = 0; round < score_rounds(rows, ranks); ++round) {
    const comm::Share own = score_batch(rows, round, comm.rank(), ranks);
    ScoredRows batch;
    std::vector<std::uint64_t> to;
    std::vector<std::uint64_t> from;
    comm.together([&] {
      batch = {own.first, {}, Scores(own.count, columns)};
      if (!ids.holds_shares()) {
        batch.ids = ids.read(own.first, own.count);
      }
      for (int r = 0; r < ranks; ++r) {
        to.push_back(common_rows(share, score_batch(rows, round, r, ranks)));
        from.push_back(common_rows(comm::share_of(rows, r, ranks), own));
      }
    });
    const std::uint64_t dealt = std::accumulate(to.begin(), to.end(), std::uint64_t{0});
    if (ids.holds_shares()) {
      batch.ids = deal_ids(comm, ids, share.first + passed, to, from);
    }
    comm.all_to_all(std::span(shard.segments).subspan(passed, dealt), to,
                    std::span(batch.scores.segments), from);
    for (std::vector<std::uint64_t>* const counts : {&to, &from}) {
      std::ranges::for_each(*counts, [&](std::uint64_t& count) { count *= columns; });
    }
    comm.all_to_all(std::span(shard.numbers).subspan(passed * columns, dealt * columns), to,
                    std::span(batch.scores.numbers), from);
    passed += dealt;
    writer.write(batch);
    progress.step("writing scores", own.first + own.count, rows);
  }
}

}  // namespace tessera::pipeline
