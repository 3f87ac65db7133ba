#include "tessera/pipeline/generate.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::pipeline {
namespace {

using table::Column;
using table::ColumnType;
using table::SyntheticCustomers;
using table::SyntheticRows;

constexpr std::uint64_t kBlock = 16384;  // rows drawn, formatted and written at once

/// What a generation works with.
struct Work {
  const comm::Communicator& comm;
  const GenerateOptions& options;
  const SyntheticCustomers customers;
  Observer& observer;
  std::vector<std::uint64_t> sizes;
};

// Customers per true segment; the segment stands in the last column.
void count_segments(const SyntheticRows& rows, std::vector<std::uint64_t>& sizes) {
  for (const double segment : rows.numbers.back()) {
    ++sizes[static_cast<std::size_t>(segment) - 1];
  }
}

// What a file that is laid out first wants to know of a column.
class Survey {
 public:
  void add(const std::vector<double>& numbers) {
    for (const double value : numbers) {
      if (std::isnan(value)) {
        ++missing_;
        continue;
      }
      minimum_ = std::min(minimum_, value);
      maximum_ = std::max(maximum_, value);
      note(value);
    }
  }
  void add(const std::vector<std::int32_t>& codes) {
    for (const std::int32_t code : codes) {
      if (code < 0) {
        ++missing_;
      } else {
        note(code);
      }
    }
  }

  /// Collective.
  [[nodiscard]] table::ColumnSummary summary(const comm::Communicator& comm,
                                             const Column& column) const {
    const std::vector<double> all =
        comm.all_gather(std::vector<double>(distinct_.begin(), distinct_.end()));
    const std::uint64_t distinct = std::unordered_set<double>(all.begin(), all.end()).size();
    table::ColumnSummary summary;
    summary.missing = comm.all_sum(missing_);
    summary.distinct = std::min<std::uint64_t>(distinct, table::kMaxLevels + 1);
    const double minimum = comm.all_min(minimum_);
    const double maximum = comm.all_max(maximum_);
    if (column.is_number() && minimum <= maximum) {
      summary.minimum = minimum;
      summary.maximum = maximum;
    }
    return summary;
  }

 private:
  void note(double value) {
    if (distinct_.size() <= table::kMaxLevels) {
      distinct_.insert(value);
    }
  }

  std::uint64_t missing_ = 0;
  double minimum_ = std::numeric_limits<double>::infinity();
  double maximum_ = -std::numeric_limits<double>::infinity();
  std::unordered_set<double> distinct_;
};

/// Collective. Goes through all rows.
void survey_columns(Work& work, std::vector<table::PlannedColumn>& plan) {
  const Section section(work.observer, "survey");
  const std::uint64_t rows = work.options.rows;
  std::vector<Survey> surveys(plan.size());
  work.comm.together([&] {
    const comm::Share share = comm::share_of(rows, work.comm.rank(), work.comm.size());
    SyntheticRows block;
    for (std::uint64_t done = 0; done < share.count; done += block.count) {
      work.customers.draw(share.first + done, std::min(kBlock, share.count - done), block);
      for (std::size_t c = 0; c < plan.size(); ++c) {
        surveys[c].add(block.numbers[c]);
        surveys[c].add(block.codes[c]);
      }
      work.observer.step("surveying customers", done + block.count, share.count);
    }
  });
  for (std::size_t c = 0; c < plan.size(); ++c) {
    plan[c].summary = surveys[c].summary(work.comm, plan[c].column);
    plan[c].counted = true;
    if (plan[c].column.type == ColumnType::kText) {
      plan[c].summary.distinct = std::min<std::uint64_t>(rows, table::kMaxLevels + 1);
      plan[c].text_width = SyntheticCustomers::id_of(rows - 1).size();
    }
  }
}

table::SinkBatch batch_of(const SyntheticCustomers& customers, const SyntheticRows& rows) {
  table::SinkBatch batch{.first = rows.first, .rows = rows.count};
  for (std::size_t c = 0; c < customers.columns().size(); ++c) {
    switch (customers.columns()[c].type) {
      case ColumnType::kInteger:
      case ColumnType::kReal:
        batch.columns.emplace_back(std::span<const double>(rows.numbers[c]));
        break;
      case ColumnType::kCategory:
        batch.columns.emplace_back(std::span<const std::int32_t>(rows.codes[c]));
        break;
      case ColumnType::kText:
        batch.columns.emplace_back(std::span<const std::string>(rows.ids));
        break;
    }
  }
  return batch;
}

/// Collective. In rounds of a block for each rank.
void write_rows(Work& work, const std::string& path, std::vector<table::PlannedColumn> plan) {
  const Section section(work.observer, "write");
  const std::uint64_t rows = work.options.rows;
  const auto rank = static_cast<std::uint64_t>(work.comm.rank());
  const std::uint64_t in_round = kBlock * static_cast<std::uint64_t>(work.comm.size());
  const auto sink = table::create_sink(
      work.comm, path,
      {.rows = rows,
       .columns = std::move(plan),
       .notes = {{"source", fmt::format("tessera generate --rows {} --segments {} --seed {}", rows,
                                        work.options.segments, work.options.seed)}}});
  SyntheticRows block;
  for (std::uint64_t begin = 0; begin < rows; begin += in_round) {
    table::SinkBatch batch;
    work.comm.together([&] {
      if (const std::uint64_t first = begin + rank * kBlock; first < rows) {
        work.customers.draw(first, std::min(kBlock, rows - first), block);
        count_segments(block, work.sizes);
        batch = batch_of(work.customers, block);
      }
    });
    sink->write(batch);
    work.observer.step("writing customers", std::min(rows, begin + in_round), rows);
  }
  sink->commit();
}

}  // namespace

void check(const GenerateOptions& options) {
  check_fields(options);
  if (options.segments > options.rows) {
    fail_about("segments", ExitCode::kUsage, "segments {}: more segments than the {} customers",
               options.segments, options.rows);
  }
}

void require_room(const comm::Communicator& comm, const std::string& output,
                  const GenerateOptions& options) {
  constexpr std::uint64_t kLeastRowBytes = 50;
  comm.together([&] {
    std::error_code unknown;
    const std::filesystem::path folder = std::filesystem::absolute(output, unknown).parent_path();
    const std::filesystem::space_info space = std::filesystem::space(folder, unknown);
    const std::uint64_t needed = kLeastRowBytes * options.rows;  // rows are below 2^40
    if (comm.is_root() && !unknown && needed > space.available) {
      fail_about("rows", ExitCode::kIo,
                 "cannot write {}: {} take more than {} of space, and the folder has {}; free some "
                 "space or write elsewhere. Nothing was left behind",
                 output, counted(options.rows, "customer"), bytes_text(needed),
                 bytes_text(space.available));
    }
  });
}

std::vector<std::uint64_t> generate(const comm::Communicator& comm, const std::string& output,
                                    const GenerateOptions& options, Observer& observer) {
  check(options);
  require_room(comm, output, options);
  Work work{comm, options, SyntheticCustomers(options.seed, options.segments), observer,
            std::vector<std::uint64_t>(options.segments)};
  std::vector<table::PlannedColumn> plan;
  for (std::size_t c = 0; c < work.customers.columns().size(); ++c) {
    plan.push_back({.column = work.customers.columns()[c],
                    .summary = {},
                    .decimals = work.customers.decimals(c)});
  }
  if (table::is_laid_out(output)) {
    survey_columns(work, plan);
  }
  write_rows(work, output, std::move(plan));
  comm.all_reduce(std::span<std::uint64_t>(work.sizes), comm::Op::kSum);
  return work.sizes;
}

}  // namespace tessera::pipeline
