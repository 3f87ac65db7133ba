#include "tessera/pipeline/generate.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/sink.hpp"
#include "tessera/table/synthetic/transactions.hpp"

namespace tessera::pipeline {
namespace {

using table::ColumnType;
using table::SyntheticRows;

constexpr std::uint64_t kBlock = 16384;  // rows drawn, formatted and written at once

/// What a generation works with.
struct Work {
  const comm::Communicator& comm;
  const GenerateOptions& options;
  const table::SyntheticTable& table;
  std::uint64_t rows;
  Observer& observer;
  std::vector<std::uint64_t> sizes;
};

// Rows per true segment; the segment stands in the last column.
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

  void add(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      if (text.empty()) {
        ++missing_;
        continue;
      }
      longest_ = std::max(longest_, text.size());
      bytes_ += text.size();
      if (texts_.size() <= table::kMaxLevels) {
        texts_.insert(text);
      }
    }
  }

  /// Collective.
  void tell(const comm::Communicator& comm, table::PlannedColumn& plan) const {
    const std::vector<double> all =
        comm.all_gather(std::vector<double>(distinct_.begin(), distinct_.end()));
    std::unordered_set<std::string> texts;
    for (const std::string& some :
         comm.all_gather_strings(fmt::format("{}\n", fmt::join(texts_, "\n")))) {
      for (std::size_t at = 0; at < some.size();) {
        const std::size_t end = some.find('\n', at);
        texts.insert(some.substr(at, end - at));
        at = end + 1;
      }
    }
    texts.erase("");
    const std::size_t distinct =
        texts.size() + std::unordered_set<double>(all.begin(), all.end()).size();
    plan.counted = true;
    plan.summary.missing = comm.all_sum(missing_);
    plan.summary.distinct = std::min<std::uint64_t>(distinct, table::kMaxLevels + 1);
    plan.text_width = comm.all_max(longest_);
    plan.text_bytes = comm.all_sum(bytes_);
    const double minimum = comm.all_min(minimum_);
    const double maximum = comm.all_max(maximum_);
    if (plan.column.has_numbers() && minimum <= maximum) {
      plan.summary.minimum = minimum;
      plan.summary.maximum = maximum;
    }
  }

 private:
  void note(double value) {
    if (distinct_.size() <= table::kMaxLevels) {
      distinct_.insert(value);
    }
  }

  std::uint64_t missing_ = 0;
  std::size_t longest_ = 0;
  std::uint64_t bytes_ = 0;
  double minimum_ = std::numeric_limits<double>::infinity();
  double maximum_ = -std::numeric_limits<double>::infinity();
  std::unordered_set<double> distinct_;
  std::unordered_set<std::string> texts_;
};

/// Collective. Goes through all rows.
void survey_columns(Work& work, std::vector<table::PlannedColumn>& plan) {
  const Section section(work.observer, "survey");
  const std::uint64_t rows = work.rows;
  std::vector<Survey> surveys(plan.size());
  work.comm.together([&] {
    const comm::Share share = comm::share_of(rows, work.comm.rank(), work.comm.size());
    SyntheticRows block;
    for (std::uint64_t done = 0; done < share.count; done += block.count) {
      work.table.draw(share.first + done, std::min(kBlock, share.count - done), block);
      for (std::size_t c = 0; c < plan.size(); ++c) {
        surveys[c].add(block.numbers[c]);
        surveys[c].add(block.codes[c]);
        surveys[c].add(block.texts[c]);
      }
      work.observer.step("surveying rows", done + block.count, share.count);
    }
  });
  for (std::size_t c = 0; c < plan.size(); ++c) {
    surveys[c].tell(work.comm, plan[c]);
  }
}

table::SinkBatch batch_of(const table::SyntheticTable& table, const SyntheticRows& rows) {
  table::SinkBatch batch{.first = rows.first, .rows = rows.count};
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    switch (table.columns()[c].type) {
      case ColumnType::kInteger:
      case ColumnType::kReal:
      case ColumnType::kDate:
        batch.columns.emplace_back(std::span<const double>(rows.numbers[c]));
        break;
      case ColumnType::kCategory:
        batch.columns.emplace_back(std::span<const std::int32_t>(rows.codes[c]));
        break;
      case ColumnType::kText:
        batch.columns.emplace_back(std::span<const std::string>(rows.texts[c]));
        break;
    }
  }
  return batch;
}

std::string command_of(const GenerateOptions& options) {
  return fmt::format(
      "tessera generate --rows {} --segments {}{} --seed {}", options.rows, options.segments,
      options.transactions > 0 ? fmt::format(" --transactions {}", options.transactions) : "",
      options.seed);
}

/// Collective. In rounds of a block for each rank.
void write_rows(Work& work, const std::string& path, std::vector<table::PlannedColumn> plan) {
  const Section section(work.observer, "write");
  const std::uint64_t rows = work.rows;
  const auto rank = static_cast<std::uint64_t>(work.comm.rank());
  const std::uint64_t in_round = kBlock * static_cast<std::uint64_t>(work.comm.size());
  const auto sink = table::create_sink(
      work.comm, path,
      {.rows = rows, .columns = std::move(plan), .notes = {{"source", command_of(work.options)}}});
  SyntheticRows block;
  for (std::uint64_t begin = 0; begin < rows; begin += in_round) {
    table::SinkBatch batch;
    work.comm.together([&] {
      if (const std::uint64_t first = begin + rank * kBlock; first < rows) {
        work.table.draw(first, std::min(kBlock, rows - first), block);
        count_segments(block, work.sizes);
        batch = batch_of(work.table, block);
      }
    });
    sink->write(batch);
    work.observer.step("writing rows", std::min(rows, begin + in_round), rows);
  }
  sink->commit();
}

}  // namespace

std::uint64_t synthetic_rows(const GenerateOptions& options) {
  return options.transactions > 0 ? options.transactions : options.rows;
}

std::unique_ptr<table::SyntheticTable> synthetic_table(const GenerateOptions& options) {
  if (options.transactions == 0) {
    return std::make_unique<table::SyntheticCustomers>(options.seed, options.segments);
  }
  return std::make_unique<table::SyntheticTransactions>(options.seed, options.segments,
                                                        options.rows, options.transactions);
}

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
    const std::uint64_t rows = synthetic_rows(options);
    const std::uint64_t needed = kLeastRowBytes * rows;  // rows are below 2^40
    if (comm.is_root() && !unknown && needed > space.available) {
      fail_about("rows", ExitCode::kIo,
                 "cannot write {}: {} take more than {} of space, and the folder has {}; free some "
                 "space or write elsewhere. Nothing was left behind",
                 output, counted(rows, "row"), bytes_text(needed), bytes_text(space.available));
    }
  });
}

std::vector<std::uint64_t> generate(const comm::Communicator& comm, const std::string& output,
                                    const GenerateOptions& options, Observer& observer) {
  check(options);
  require_room(comm, output, options);
  const std::unique_ptr<table::SyntheticTable> table = synthetic_table(options);
  Work work{comm,     options,
            *table,   synthetic_rows(options),
            observer, std::vector<std::uint64_t>(options.segments)};
  std::vector<table::PlannedColumn> plan;
  for (std::size_t c = 0; c < table->columns().size(); ++c) {
    plan.push_back({.column = table->columns()[c], .summary = {}, .decimals = table->decimals(c)});
  }
  if (table::is_laid_out(output)) {
    survey_columns(work, plan);
  }
  write_rows(work, output, std::move(plan));
  comm.all_reduce(std::span<std::uint64_t>(work.sizes), comm::Op::kSum);
  return work.sizes;
}

}  // namespace tessera::pipeline
