#include "tessera/pipeline/score_writer.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::pipeline {
namespace {

table::SinkPlan plan_of(const comm::Communicator& comm, const std::string& path,
                        const CustomerIds& ids, std::size_t segments,
                        std::span<const std::string> columns, const ScoreOptions& options,
                        Observer& observer) {
  table::SinkPlan plan{.rows = ids.rows(),
                       .columns = std::vector<table::PlannedColumn>(2 + columns.size()),
                       .notes = {{"made_by", "tessera score"}},
                       .csv_safe = options.csv_safe};
  plan.columns[0].column = {ids.name(), table::ColumnType::kText, {}};
  plan.columns[0].holds_numbers = ids.are_numbers();
  if (table::is_laid_out(path)) {
    const Section section(observer, "measure ids");
    const CustomerIds::Lengths lengths = ids.lengths(comm);
    plan.columns[0].text_width = lengths.longest;
    plan.columns[0].text_bytes = lengths.bytes;
  }
  plan.columns[1].column = {"segment", table::ColumnType::kInteger, {}};
  plan.columns[1].summary.minimum = 1;
  plan.columns[1].summary.maximum = static_cast<double>(segments);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    plan.columns[2 + i].column = {columns[i], table::ColumnType::kReal, {}};
    plan.columns[2 + i].single_precision = true;
  }
  return plan;
}

std::uint64_t common_rows(const comm::Share& one, const comm::Share& other) {
  const std::uint64_t first = std::max(one.first, other.first);
  const std::uint64_t end = std::min(one.first + one.count, other.first + other.count);
  return end > first ? end - first : 0;
}

}  // namespace

ScoreWriter::ScoreWriter(const comm::Communicator& comm, const std::string& path,
                         const CustomerIds& ids, std::size_t segments,
                         std::span<const std::string> columns, const ScoreOptions& options,
                         Observer& observer)
    : comm_(comm),
      sink_(table::create_sink(comm, path,
                               plan_of(comm, path, ids, segments, columns, options, observer))),
      numbers_(columns.size()) {}

void ScoreWriter::write(const ScoredRows& batch) {
  table::SinkBatch out{.first = batch.first, .rows = batch.ids.size()};
  comm_.together([&] {
    segments_.resize(out.rows);
    std::ranges::transform(batch.scores.segments, segments_.begin(),
                           [](std::int32_t segment) { return std::int64_t{segment} + 1; });
    out.columns = {std::span<const std::string>(batch.ids),
                   std::span<const std::int64_t>(segments_)};
    for (std::size_t column = 0; column < numbers_.size(); ++column) {
      std::vector<float>& numbers = numbers_[column];
      numbers.resize(out.rows);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = batch.scores.numbers[i * numbers_.size() + column];
      }
      out.columns.emplace_back(std::span<const float>(numbers));
    }
  });
  sink_->write(out);
}

void check(const ScoreOptions& options, const std::string& path) {
  if (options.csv_safe && (path.empty() || table::is_laid_out(path))) {
    fail_about("csv_safe", ExitCode::kUsage,
               "csv_safe is for scores in CSV; in HDF5 nobody takes a text for a formula");
  }
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
