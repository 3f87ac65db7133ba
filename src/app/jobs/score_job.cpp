#include "app/jobs/jobs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "tessera/app/lists.hpp"
#include "tessera/app/options.hpp"
#include "tessera/app/score_writer.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/model/model.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

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
    check_scores_name("output", output_);
    refuse_same_file(input_, output_);
    refuse_same_file(model_, output_);
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<features::Preparer> preparer;
    std::optional<CustomerIds> ids;
    {
      const auto section = context.timings.section("open");
      table = table::open_table(comm, input_);
      model = model::load(comm, model_);
      comm.together([&] {
        preparer.emplace(model.recipe, *table);
        ids.emplace(*table, id_.empty() ? model.recipe.id_column : id_);
      });
    }
    if (context.options.dry_run) {
      context.console.print(
          fmt::format("would score {} rows of {} into {} segments; would write {}\n",
                      grouped(table->rows()), table->name(), model.segments(), output_));
      return {{"dry_run", true}, {"rows", table->rows()}, {"segments", model.segments()}};
    }
    Tally tally = score(context, *table, model, *preparer, *ids);
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
  Tally score(Context& context, const table::Table& table, const model::Model& model,
              const features::Preparer& preparer, const CustomerIds& ids) const {
    const comm::Communicator& comm = context.comm;
    const auto writer = create_score_writer(context, output_, ids, model.segments());
    const auto section = context.timings.section("score");
    Tally tally;
    tally.sizes.resize(model.segments());
    const features::CategoryTables categories(model.recipe.space(), features::Unseen::kPossible);
    const cluster::Measurer measurer(model.centroids, categories);
    for (std::uint64_t round = 0; round < score_rounds(table.rows(), comm.size()); ++round) {
      const auto [first, count] = score_batch(table.rows(), round, comm.rank(), comm.size());
      ScoredRows batch;
      comm.together([&] {
        batch.first = first;
        batch.ids = ids.read(first, count);
        features::FeatureRows rows(model.recipe.space(), count, first);
        preparer.prepare(first, rows, tally.counts);
        std::vector<cluster::Nearest> nearest(count);
        measurer.measure(rows, nearest);
        for (const cluster::Nearest& row : nearest) {
          ++tally.sizes[static_cast<std::size_t>(row.segment)];
          batch.scores.emplace_back(row);
        }
      });
      writer->write(batch);
      context.console.progress("scoring", first + count, table.rows());
    }
    writer->commit();
    return tally;
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
