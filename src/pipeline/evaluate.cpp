#include "tessera/pipeline/evaluate.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/memory.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/rows/id_keys.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/pipeline/score.hpp"

namespace tessera::pipeline {
namespace {

constexpr std::uint64_t kLabelBatch = 65'536;  // label cells that a rank reads at a time

bool has_column(const table::Table& table, const std::string& name) {
  return std::ranges::find(table.columns(), name, &table::Column::name) != table.columns().end();
}

/// Collective. How many bits masses are to lose so that their sum fits 62: pairs of rows are
/// counted.
int shift_of_masses(const comm::Communicator& comm, const features::FeatureRows& rows) {
  numeric::Int128 total = 0;
  for (const numeric::Mass mass : rows.masses()) {
    total += mass;
  }
  total = numeric::all_sum(comm, total);
  int shift = 0;
  while ((total >> shift) >= (numeric::Int128{1} << 62U)) {
    ++shift;
  }
  return shift;
}

}  // namespace

Evaluation::Evaluation(const comm::Communicator& comm, const table::Table& table,
                       const model::Model& model, EvaluateOptions options)
    : comm_(comm), table_(table), model_(model), options_(std::move(options)) {
  check_fields(options_);
  comm.together([&] {
    if (table.rows() == 0) {
      fail(ExitCode::kBadData, "{} has no rows to evaluate", table.name());
    }
    preparer_ = std::make_unique<features::Preparer>(model.recipe, table);
    for (const std::string& column : options_.label) {
      label_columns_.push_back(table.find(column));
    }
    weight_ = options_.weight;
    if (!weight_.empty()) {
      (void)table.find(weight_);
    } else if (has_column(table, model.recipe.weight_column)) {
      weight_ = model.recipe.weight_column;
    }
  });
  require_memory(comm, bytes_per_rank(), fmt::format("evaluating on {}", table.name()),
                 "use more nodes");
}

std::uint64_t Evaluation::bytes_per_rank() const {
  constexpr std::size_t kLabelAndKey = sizeof(std::int32_t) + sizeof(std::uint64_t);
  return bytes_of_rows(bytes_before_work(comm_, table_),
                       comm::share_of(table_.rows(), 0, comm_.size()).count,
                       features::FeatureRows(model_.recipe.space(), 0, 0).row_bytes() +
                           kLabelAndKey + (weight_.empty() ? 0 : sizeof(numeric::Mass)));
}

EvaluateResult Evaluation::run(Observer& observer) const {
  const comm::Share share = comm::share_of(table_.rows(), comm_.rank(), comm_.size());
  EvaluateResult result;
  result.rows = table_.rows();
  features::FeatureRows rows(model_.recipe.space(), 0, 0);
  std::vector<std::int32_t> labels;
  {
    const Section section(observer, "prepare");
    comm_.together([&] {
      rows = features::FeatureRows(model_.recipe.space(), share.count, share.first);
      preparer_->prepare(share.first, rows, result.counts);
      labels = model_.segmentation->labels(rows);
    });
    set_masses(rows);
    result.counts.imputed = comm_.all_sum(result.counts.imputed);
    result.counts.unseen = comm_.all_sum(result.counts.unseen);
  }
  const quality::Labelled data{rows, labels, static_cast<int>(model_.segments())};
  if (table_.rows() > options_.silhouette.exact_rows) {
    const Section section(observer, "keys");
    set_keys(rows, observer);
  }
  const cluster::Centroids* const centroids = model_.segmentation->centroids();
  quality::IndexTask task(comm_, data,
                          centroids == nullptr ? std::span<const float>() : centroids->values,
                          options_.silhouette, observer);
  result.sizes.assign(task.sizes().begin(), task.sizes().end());
  result.weight_column = weight_;
  if (!weight_.empty()) {
    result.weights.assign(task.weights().begin(), task.weights().end());
  } else if (const std::string& trained = model_.recipe.weight_column; !trained.empty()) {
    observer.warn(fmt::format("the model was trained with the weights in column \"{}\", which {} "
                              "does not have: each row counts once",
                              trained, table_.name()),
                  "weight");
  }
  for (const quality::Index& index : quality::all_indices()) {
    const Section section(observer, index.name);
    result.indices.push_back({&index, quality::measure(index, task)});
  }
  const Section section(observer, "labels");
  for (const std::size_t column : label_columns_) {
    result.labels.push_back(compare(column, data));
  }
  comm_.together([&] { table_.check_unchanged(); });
  warn_of_unseen(result.counts, observer);
  return result;
}

const MeasuredIndex& EvaluateResult::index(std::string_view name) const {
  const quality::Index* const wanted = &quality::find_index(name);
  return *std::ranges::find(indices, wanted, &MeasuredIndex::index);
}

/// Collective.
void Evaluation::set_masses(features::FeatureRows& rows) const {
  if (!weight_.empty()) {
    features::RowMasses masses = features::read_masses(comm_, table_, weight_);
    rows.set_masses(std::move(masses.mine), masses.exponent);
  }
}

/// Collective. By the ids known from training, if the table has them.
void Evaluation::set_keys(features::FeatureRows& rows, Observer& observer) const {
  const std::string& id = model_.recipe.id_column;
  if (!has_column(table_, id)) {
    return;
  }
  const features::IdFaults faults =
      features::set_id_keys(comm_, table_, id, options_.silhouette.seed, rows);
  if (const std::string text = features::describe(faults, id); !text.empty()) {
    observer.warn(text, {});
  }
}

/// Collective.
LabelAgreement Evaluation::compare(std::size_t column, const quality::Labelled& data) const {
  const std::string& name = table_.columns()[column].name;
  quality::Contingency contingency(name, data.segments);
  const int shift = shift_of_masses(comm_, data.rows);
  comm_.together([&] {
    const std::uint64_t count = data.rows.rows();
    for (std::uint64_t done = 0; done < count; done += kLabelBatch) {
      const std::vector<std::string> cells = table_.read_text(column, data.rows.first_row() + done,
                                                              std::min(kLabelBatch, count - done));
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::uint64_t row = done + i;
        if (!data.rows.weighted()) {
          contingency.add(cells[i], data.labels[row]);
        } else if (data.rows.counts(row)) {
          contingency.add(cells[i], data.labels[row],
                          static_cast<std::uint64_t>(data.rows.masses()[row] >> shift));
        }
      }
    }
  });
  contingency.merge(comm_);
  return {name, contingency.counts().size(), contingency.missing(),
          quality::agreement(contingency)};
}

}  // namespace tessera::pipeline
