#include "app/jobs/jobs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>

#include "tessera/app/files.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/file.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/synthetic/synthetic.hpp"

namespace tessera::app {
namespace {

using table::Column;
using table::ColumnType;
using table::SyntheticCustomers;
using table::SyntheticRows;

constexpr std::uint64_t kBlock = 16384;  // rows drawn, formatted and written at once
constexpr std::size_t kRowBytes = 160;   // of text, about

void append_number(std::string& text, double value, int decimals) {
  if (std::isnan(value)) {
    return;
  }
  std::array<char, 64> buffer;
  const auto end =
      decimals == 0
          ? std::to_chars(buffer.begin(), buffer.end(), static_cast<std::int64_t>(value)).ptr
          : std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed, decimals)
                .ptr;
  text.append(buffer.begin(), end);
}

std::string csv_header(const SyntheticCustomers& customers) {
  std::string text;
  for (const Column& column : customers.columns()) {
    text += (text.empty() ? "" : ",") + column.name;
  }
  return text + "\n";
}

void append_csv(const SyntheticCustomers& customers, const SyntheticRows& rows, std::string& text) {
  const std::vector<Column>& columns = customers.columns();
  for (std::size_t i = 0; i < rows.count; ++i) {
    text += rows.ids[i];
    for (std::size_t c = 1; c < columns.size(); ++c) {
      text += ',';
      if (columns[c].is_number()) {
        append_number(text, rows.numbers[c][i], customers.decimals(c));
      } else if (rows.codes[c][i] >= 0) {
        text += columns[c].levels[static_cast<std::size_t>(rows.codes[c][i])];
      }
    }
    text += '\n';
  }
}

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
void for_each_block(Context& context, std::string_view step, const SyntheticCustomers& customers,
                    comm::Share share, const Use& use) {
  context.comm.together([&] {
    SyntheticRows rows;
    for (std::uint64_t done = 0; done < share.count; done += rows.count) {
      customers.draw(share.first + done, std::min(kBlock, share.count - done), rows);
      use(rows);
      context.console.progress(step, done + rows.count, share.count);
    }
  });
}

std::vector<table::PlannedColumn> plan_columns(Context& context,
                                               const SyntheticCustomers& customers,
                                               std::uint64_t rows, comm::Share share) {
  const std::vector<Column>& columns = customers.columns();
  std::vector<Survey> surveys(columns.size());
  for_each_block(context, "surveying customers", customers, share, [&](const SyntheticRows& block) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      surveys[c].add(block.numbers[c]);
      surveys[c].add(block.codes[c]);
    }
  });
  std::vector<table::PlannedColumn> plan;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    table::PlannedColumn planned{columns[c], surveys[c].summary(context.comm, columns[c]), 0,
                                 false};
    if (columns[c].type == ColumnType::kText) {
      planned.summary.distinct = std::min<std::uint64_t>(rows, table::kMaxLevels + 1);
      planned.text_width = SyntheticCustomers::id_of(rows - 1).size();
    }
    plan.push_back(std::move(planned));
  }
  return plan;
}

void write_table(Context& context, const SyntheticCustomers& customers, std::uint64_t rows,
                 const std::string& path, std::vector<std::uint64_t>& sizes) {
  const comm::Share share = comm::share_of(rows, context.comm.rank(), context.comm.size());
  std::vector<table::PlannedColumn> plan;
  {
    const auto section = context.timings.section("survey");
    plan = plan_columns(context, customers, rows, share);
  }
  const auto section = context.timings.section("write");
  table::TableWriter writer(
      context.comm, path, rows, std::move(plan),
      {{"source", fmt::format("tessera generate --rows {} --segments {} --seed {}", rows,
                              sizes.size(), context.options.seed)}});
  for_each_block(context, "writing customers", customers, share, [&](const SyntheticRows& block) {
    for (std::size_t c = 0; c < customers.columns().size(); ++c) {
      switch (customers.columns()[c].type) {
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
    count_segments(block, sizes);
  });
  writer.commit();
}

void write_csv(Context& context, const SyntheticCustomers& customers, std::uint64_t rows,
               const std::string& path, std::vector<std::uint64_t>& sizes) {
  const auto section = context.timings.section("write");
  const auto rank = static_cast<std::uint64_t>(context.comm.rank());
  const auto ranks = static_cast<std::uint64_t>(context.comm.size());
  io::OrderedTextFile file(context.comm, path);
  file.append(context.comm.is_root() ? csv_header(customers) : std::string{});
  SyntheticRows block;
  std::string text;
  text.reserve(kBlock * kRowBytes);
  for (std::uint64_t round = 0; round * ranks * kBlock < rows; ++round) {
    const std::uint64_t first = (round * ranks + rank) * kBlock;
    text.clear();
    if (first < rows) {
      customers.draw(first, std::min(kBlock, rows - first), block);
      append_csv(customers, block, text);
      count_segments(block, sizes);
    }
    file.append(text);
    context.console.progress("writing customers", std::min(rows, (round + 1) * ranks * kBlock),
                             rows);
  }
  file.commit();
}

bool is_hdf5(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".h5" || extension == ".hdf5";
}

class GenerateJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "generate"; }
  [[nodiscard]] std::string summary() const override {
    return "make synthetic customers with known segments";
  }
  void list_options(Options& options) override;
  void check() const override;
  nlohmann::json run(Context& context) override;

 private:
  std::string output_;
  std::uint64_t rows_ = 100000;
  std::uint64_t segments_ = 5;
};

void GenerateJob::list_options(Options& options) {
  options.group("Customers")
      .add(output_,
           {.name = "output", .value = "FILE", .help = "where to, as .csv or .h5 (required)"})
      .add(rows_, {.name = "rows", .value = "N", .help = "number of customers", .least = 1})
      .add(segments_, {.name = "segments",
                       .value = "S",
                       .help = "number of true segments, 1 to 1000",
                       .least = 1,
                       .most = SyntheticCustomers::kMaxSegments});
}

void GenerateJob::check() const {
  if (output_.empty()) {
    fail(ExitCode::kUsage, "where to? --output customers.csv or --output customers.h5");
  }
  if (!is_hdf5(output_) && !output_.ends_with(".csv")) {
    fail(ExitCode::kUsage, "--output {}: the name must end in .csv or .h5", output_);
  }
  if (segments_ > rows_) {
    fail(ExitCode::kUsage, "--segments {}: more segments than the {} customers of --rows",
         segments_, rows_);
  }
}

nlohmann::json GenerateJob::run(Context& context) {
  const SyntheticCustomers customers(context.options.seed, segments_);
  if (context.options.dry_run) {
    context.console.print(
        fmt::format("would write {} customers in {} segments and {} columns to {}", grouped(rows_),
                    segments_, customers.columns().size(), output_));
    return {{"dry_run", true}, {"rows", rows_}, {"segments", segments_}, {"output", output_}};
  }
  std::vector<std::uint64_t> sizes(segments_);
  if (is_hdf5(output_)) {
    write_table(context, customers, rows_, output_, sizes);
  } else {
    write_csv(context, customers, rows_, output_, sizes);
  }
  context.comm.all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);
  const std::uint64_t bytes = file_bytes(context.comm, output_);
  std::string summary = fmt::format("{}: {} customers, {} columns, {}\n", output_, grouped(rows_),
                                    customers.columns().size(), bytes_text(bytes));
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    summary += fmt::format("  segment {:>3}  {:>15}  {:5.1f} %\n", s + 1, grouped(sizes[s]),
                           100 * static_cast<double>(sizes[s]) / static_cast<double>(rows_));
  }
  context.console.print(summary);
  return {{"rows", rows_},
          {"segments", segments_},
          {"sizes", sizes},
          {"output", output_},
          {"bytes", bytes}};
}

}  // namespace

std::unique_ptr<Job> make_generate_job() { return std::make_unique<GenerateJob>(); }

}  // namespace tessera::app
