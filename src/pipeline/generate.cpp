#include "tessera/pipeline/generate.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <unordered_set>
#include <utility>

#include "pipeline/csv_rows.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/source.hpp"

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

// What a table file wants to know of a column before its rows are written.
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

// Calls use(rows) for this rank's rows, a block at a time.
template <typename Use>
void for_each_block(Work& work, std::string_view step, comm::Share share, const Use& use) {
  work.comm.together([&] {
    SyntheticRows rows;
    for (std::uint64_t done = 0; done < share.count; done += rows.count) {
      work.customers.draw(share.first + done, std::min(kBlock, share.count - done), rows);
      use(rows);
      work.observer.step(step, done + rows.count, share.count);
    }
  });
}

std::vector<table::PlannedColumn> plan_columns(Work& work, comm::Share share) {
  const std::vector<Column>& columns = work.customers.columns();
  std::vector<Survey> surveys(columns.size());
  for_each_block(work, "surveying customers", share, [&](const SyntheticRows& block) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      surveys[c].add(block.numbers[c]);
      surveys[c].add(block.codes[c]);
    }
  });
  std::vector<table::PlannedColumn> plan;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    table::PlannedColumn planned{columns[c], surveys[c].summary(work.comm, columns[c]), 0, false};
    if (columns[c].type == ColumnType::kText) {
      planned.summary.distinct = std::min<std::uint64_t>(work.options.rows, table::kMaxLevels + 1);
      planned.text_width = SyntheticCustomers::id_of(work.options.rows - 1).size();
    }
    plan.push_back(std::move(planned));
  }
  return plan;
}

void write_table(Work& work, const std::string& path) {
  const std::uint64_t rows = work.options.rows;
  const comm::Share share = comm::share_of(rows, work.comm.rank(), work.comm.size());
  std::vector<table::PlannedColumn> plan;
  {
    const Section section(work.observer, "survey");
    plan = plan_columns(work, share);
  }
  const Section section(work.observer, "write");
  table::TableWriter writer(
      work.comm, path, rows, std::move(plan),
      {{"source", fmt::format("tessera generate --rows {} --segments {} --seed {}", rows,
                              work.options.segments, work.options.seed)}});
  for_each_block(work, "writing customers", share, [&](const SyntheticRows& block) {
    for (std::size_t c = 0; c < work.customers.columns().size(); ++c) {
      switch (work.customers.columns()[c].type) {
        case ColumnType::kInteger:
        case ColumnType::kReal:
          writer.write_numbers(c, block.first, block.numbers[c]);
          break;
        case ColumnType::kCategory:
          writer.write_codes(c, block.first, block.codes[c]);
          break;
        case ColumnType::kText:
          writer.write_text(c, block.first, block.ids);
          break;
      }
    }
    count_segments(block, work.sizes);
  });
  writer.commit();
}

void append(const SyntheticCustomers& customers, const SyntheticRows& rows, CsvRows& out) {
  const std::vector<Column>& columns = customers.columns();
  for (std::size_t i = 0; i < rows.count; ++i) {
    out.text(rows.ids[i]);
    for (std::size_t c = 1; c < columns.size(); ++c) {
      if (columns[c].is_number()) {
        out.fixed(rows.numbers[c][i], customers.decimals(c));
      } else {
        const std::int32_t code = rows.codes[c][i];
        out.text(code < 0 ? std::string_view() : columns[c].levels[static_cast<std::size_t>(code)]);
      }
    }
    out.end_row();
  }
}

void write_csv(Work& work, const std::string& path) {
  const Section section(work.observer, "write");
  const std::uint64_t rows = work.options.rows;
  const auto rank = static_cast<std::uint64_t>(work.comm.rank());
  const auto ranks = static_cast<std::uint64_t>(work.comm.size());
  io::OrderedTextFile file(work.comm, path);
  CsvRows text;
  if (work.comm.is_root()) {
    for (const Column& column : work.customers.columns()) {
      text.text(column.name);
    }
    text.end_row();
  }
  file.append(text.view());
  SyntheticRows block;
  for (std::uint64_t round = 0; round * ranks * kBlock < rows; ++round) {
    const std::uint64_t first = (round * ranks + rank) * kBlock;
    text.clear();
    if (first < rows) {
      work.customers.draw(first, std::min(kBlock, rows - first), block);
      append(work.customers, block, text);
      count_segments(block, work.sizes);
    }
    file.append(text.view());
    work.observer.step("writing customers", std::min(rows, (round + 1) * ranks * kBlock), rows);
  }
  file.commit();
}

}  // namespace

void check_output_name(const std::string& path) {
  if (!table::has_h5_name(path) && !path.ends_with(".csv")) {
    fail_about("output", ExitCode::kUsage, "output {}: the name must end in .csv or .h5", path);
  }
}

void check(const GenerateOptions& options) {
  check_fields(options);
  if (options.segments > options.rows) {
    fail_about("segments", ExitCode::kUsage, "segments {}: more segments than the {} customers",
               options.segments, options.rows);
  }
}

std::vector<std::uint64_t> generate(const comm::Communicator& comm, const std::string& output,
                                    const GenerateOptions& options, Observer& observer) {
  check(options);
  Work work{comm, options, SyntheticCustomers(options.seed, options.segments), observer,
            std::vector<std::uint64_t>(options.segments)};
  if (table::has_h5_name(output)) {
    write_table(work, output);
  } else {
    write_csv(work, output);
  }
  comm.all_reduce(std::span<std::uint64_t>(work.sizes), comm::Op::kSum);
  return work.sizes;
}

}  // namespace tessera::pipeline
