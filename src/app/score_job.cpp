#include "tessera/app/score_job.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "tessera/app/lists.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/io/file.hpp"
#include "tessera/model/model.hpp"
#include "tessera/table/csv.hpp"
#include "tessera/table/table.hpp"
#include "tessera/table/table_writer.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

// Rows that a rank reads, scores and writes at a time.
// What they are prepared in stays in a core's cache.
constexpr std::uint64_t kBatch = 16'384;

/// What a batch of rows becomes.
struct Batch {
  std::uint64_t first = 0;
  std::vector<std::string> ids;
  std::vector<cluster::Nearest> nearest;
};

double confidence(const cluster::Nearest& row) {
  const double next = row.distance + row.margin;
  return next > 0 ? row.margin / next : 0;
}

/// Where scored rows go.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  /// Collective: one batch of each rank, the batches in rank order; possibly empty.
  virtual void write(const Batch& batch) = 0;
  /// Collective.
  virtual void commit() = 0;
};

class CsvSink final : public Sink {
 public:
  CsvSink(const comm::Communicator& comm, const std::string& path, const std::string& id)
      : comm_(comm), file_(comm, path) {
    std::string header;
    if (comm.is_root()) {
      header.resize(table::longest_csv(id));
      header.resize(static_cast<std::size_t>(table::write_csv(header.data(), id) - header.data()));
      header += ",segment,distance,margin,confidence\n";
    }
    file_.append(header);
  }

  void write(const Batch& batch) override {
    std::size_t longest = 0;
    for (const std::string& id : batch.ids) {
      longest += table::longest_csv(id) + 4 * kLongest + 1;
    }
    if (text_.size() < longest) {
      text_.resize(longest);
    }
    char* end = text_.data();
    for (std::size_t i = 0; i < batch.nearest.size(); ++i) {
      const cluster::Nearest& row = batch.nearest[i];
      end = table::write_csv(end, batch.ids[i]);
      end = append(end, row.segment + 1);
      for (const double value : {row.distance, row.margin, confidence(row)}) {
        end = append(end, static_cast<float>(value));
      }
      *end++ = '\n';
    }
    file_.append({text_.data(), end});
  }

  void commit() override { file_.commit(); }

 private:
  static constexpr std::size_t kLongest = 32;  // characters of a comma and a number

  template <typename Number>
  static char* append(char* at, Number number) {
    *at++ = ',';
    return std::to_chars(at, at + kLongest - 1, number).ptr;
  }

  const comm::Communicator& comm_;
  io::OrderedTextFile file_;
  std::vector<char> text_;  // room for the longest batch so far
};

class TableSink final : public Sink {
 public:
  TableSink(const comm::Communicator& comm, const std::string& path, std::uint64_t rows,
            const std::string& id, std::size_t id_width, std::size_t segments)
      : comm_(comm),
        writer_(comm, path, rows, columns(id, id_width, segments), {{"made_by", "tessera score"}}) {
  }

  void write(const Batch& batch) override {
    comm_.together([&] {
      const std::size_t count = batch.nearest.size();
      writer_.write_text(0, batch.first, batch.ids);
      std::vector<std::int64_t> segments(count);
      std::array<std::vector<double>, 3> numbers;
      for (std::size_t i = 0; i < count; ++i) {
        const cluster::Nearest& row = batch.nearest[i];
        segments[i] = row.segment + 1;
        numbers[0].push_back(row.distance);
        numbers[1].push_back(row.margin);
        numbers[2].push_back(confidence(row));
      }
      writer_.write_integers(1, batch.first, segments);
      for (std::size_t column = 0; column < numbers.size(); ++column) {
        writer_.write_numbers(2 + column, batch.first, numbers[column]);
      }
    });
  }

  void commit() override { writer_.commit(); }

 private:
  static std::vector<table::PlannedColumn> columns(const std::string& id, std::size_t id_width,
                                                   std::size_t segments) {
    std::vector<table::PlannedColumn> plan(5);
    plan[0].column = {id, table::ColumnType::kText, {}};
    plan[0].text_width = id_width;
    plan[1].column = {"segment", table::ColumnType::kInteger, {}};
    plan[1].summary.minimum = 1;
    plan[1].summary.maximum = static_cast<double>(segments);
    const std::array<const char*, 3> names = {"distance", "margin", "confidence"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      plan[2 + i].column = {names[i], table::ColumnType::kReal, {}};
      plan[2 + i].single_precision = true;
    }
    return plan;
  }

  const comm::Communicator& comm_;
  table::TableWriter writer_;
};

bool ends_with_h5(const std::string& path) {
  return path.ends_with(".h5") || path.ends_with(".hdf5");
}

/// What a run counts, for the summary.
struct Tally {
  std::vector<std::uint64_t> sizes;
  features::PreparedCounts counts;
};

class ScoreJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "score"; }
  [[nodiscard]] std::string summary() const override {
    return "find the segment of every customer: a table and a model in, CSV or HDF5 out";
  }

  void add_options(po::options_description& options) override {
    po::options_description own("Data");
    auto add = own.add_options();
    add("input", value_of(input_, "FILE"),
        "table: FILE.h5, FILE.h5:/GROUP of 1-D datasets, or FILE.h5:/MATRIX");
    add("model", value_of(model_, "FILE.h5"), "the model that 'tessera train' wrote");
    add("output,o", value_of(output_, "FILE"), "segments.csv or segments.h5");
    add("id", value_of(id_, "COLUMN"),
        "identifies customers; if empty, as in training, or row numbers from 1");
    options.add(own);
  }

  void check() const override {
    require("input", input_);
    require("model", model_);
    require("output", output_);
    if (!ends_with_h5(output_) && !output_.ends_with(".csv")) {
      fail(ExitCode::kUsage, "--output {}: expected a name that ends in .csv or .h5", output_);
    }
    refuse_same_file(input_, output_);
    refuse_same_file(model_, output_);
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<features::Preparer> preparer;
    std::optional<std::size_t> id_column;
    {
      const auto section = context.timings.section("open");
      table = table::open_table(comm, input_);
      model = model::load(comm, model_);
      comm.together([&] {
        preparer.emplace(model.recipe, *table);
        id_column = find_id(*table, model.recipe.id_column);
      });
    }
    if (context.options.dry_run) {
      context.console.print(
          fmt::format("would score {} rows of {} into {} segments; would write {}\n",
                      grouped(table->rows()), table->name(), model.segments(), output_));
      return {{"dry_run", true}, {"rows", table->rows()}, {"segments", model.segments()}};
    }
    Tally tally = score(context, *table, model, *preparer, id_column);
    comm.all_reduce(std::span<std::uint64_t>(tally.sizes), comm::Op::kSum);
    tally.counts.imputed = comm.all_sum(tally.counts.imputed);
    tally.counts.unseen = comm.all_sum(tally.counts.unseen);
    if (tally.counts.unseen > 0) {
      context.console.warn(
          "{} cells hold a category that training never saw; they count as none of "
          "the known ones",
          grouped(tally.counts.unseen));
    }
    context.console.print(report(*table, model, tally));
    return {{"rows", table->rows()},
            {"segments", model.segments()},
            {"sizes", tally.sizes},
            {"imputed", tally.counts.imputed},
            {"unseen", tally.counts.unseen},
            {"digest", model.digest()},
            {"output", output_}};
  }

 private:
  /// The column that identifies customers; none: they are known by their row numbers.
  [[nodiscard]] std::optional<std::size_t> find_id(const table::Table& table,
                                                   const std::string& trained) const {
    if (const std::string& name = id_.empty() ? trained : id_; !name.empty()) {
      return table.find(name);
    }
    return std::nullopt;
  }

  Tally score(Context& context, const table::Table& table, const model::Model& model,
              const features::Preparer& preparer, std::optional<std::size_t> id_column) const {
    const comm::Communicator& comm = context.comm;
    const std::string id = id_column ? table.columns()[*id_column].name : "row";
    std::unique_ptr<Sink> sink;
    if (ends_with_h5(output_)) {
      const auto section = context.timings.section("measure ids");
      const std::size_t width = id_width(comm, table, id_column);
      sink = std::make_unique<TableSink>(comm, output_, table.rows(), id, width, model.segments());
    } else {
      sink = std::make_unique<CsvSink>(comm, output_, id);
    }
    const auto section = context.timings.section("score");
    Tally tally;
    tally.sizes.resize(model.segments());
    const cluster::Measurer measurer(model.centroids);
    for_each_batch(comm, table.rows(), [&](std::uint64_t first, std::uint64_t count) {
      Batch batch;
      comm.together([&] {
        batch.first = first;
        batch.ids = read_ids(table, id_column, first, count);
        features::FeatureRows rows(model.recipe.space(), count, first);
        preparer.prepare(first, rows, tally.counts);
        batch.nearest.resize(count);
        measurer.measure(rows, batch.nearest);
        for (const cluster::Nearest& row : batch.nearest) {
          ++tally.sizes[static_cast<std::size_t>(row.segment)];
        }
      });
      sink->write(batch);
      context.console.progress("scoring", std::min(table.rows(), first + count), table.rows());
    });
    sink->commit();
    return tally;
  }

  /// Calls action(first, count) on every rank equally often: rank r takes batch t * ranks + r in
  /// round t, or none.
  template <typename Action>
  static void for_each_batch(const comm::Communicator& comm, std::uint64_t rows,
                             const Action& action) {
    const auto ranks = static_cast<std::uint64_t>(comm.size());
    const auto rank = static_cast<std::uint64_t>(comm.rank());
    for (std::uint64_t round = 0; round * ranks * kBatch < rows; ++round) {
      const std::uint64_t first = std::min(rows, (round * ranks + rank) * kBatch);
      action(first, std::min(kBatch, rows - first));
    }
  }

  static std::vector<std::string> read_ids(const table::Table& table,
                                           std::optional<std::size_t> column, std::uint64_t first,
                                           std::uint64_t count) {
    if (column) {
      return table.read_text(*column, first, count);
    }
    std::vector<std::string> numbers;
    for (std::uint64_t row = first; row < first + count; ++row) {
      numbers.push_back(std::to_string(row + 1));
    }
    return numbers;
  }

  static std::size_t id_width(const comm::Communicator& comm, const table::Table& table,
                              std::optional<std::size_t> column) {
    std::uint64_t width = 1;
    for_each_batch(comm, table.rows(), [&](std::uint64_t first, std::uint64_t count) {
      comm.together([&] {
        for (const std::string& id : read_ids(table, column, first, count)) {
          width = std::max<std::uint64_t>(width, id.size());
        }
      });
    });
    return comm.all_max(width);
  }

  [[nodiscard]] std::string report(const table::Table& table, const model::Model& model,
                                   const Tally& tally) const {
    const auto rows = static_cast<double>(std::max<std::uint64_t>(1, table.rows()));
    const auto trained = static_cast<double>(
        std::accumulate(model.sizes.begin(), model.sizes.end(), std::uint64_t{0}));
    std::string text = fmt::format(
        "\n{} customers scored, {} missing cells imputed\n\n"
        "{:>7}  {:>13}  {:>7}  {:>11}\n",
        grouped(table.rows()), grouped(tally.counts.imputed), "segment", "customers", "share",
        "in training");
    for (std::size_t i = 0; i < tally.sizes.size(); ++i) {
      text += fmt::format("{:>7}  {:>13}  {:>5.1f} %  {:>9.1f} %\n", i + 1, grouped(tally.sizes[i]),
                          100 * static_cast<double>(tally.sizes[i]) / rows,
                          100 * static_cast<double>(model.sizes[i]) / trained);
    }
    return text + fmt::format("\nsegments  {}\n", output_);
  }

  std::string input_;
  std::string model_;
  std::string output_;
  std::string id_;
};

}  // namespace

std::unique_ptr<Job> make_score_job() { return std::make_unique<ScoreJob>(); }

}  // namespace tessera::app
