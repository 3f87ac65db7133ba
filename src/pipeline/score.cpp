#include "tessera/pipeline/score.hpp"

#include <algorithm>
#include <span>

#include "pipeline/memory.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/segmentation.hpp"

namespace tessera::pipeline {

Scoring::Scoring(const comm::Communicator& comm, const table::Table& table,
                 const model::Model& model, const std::string& id)
    : comm_(comm), table_(table), model_(model) {
  comm.together([&] {
    preparer_ = std::make_unique<features::Preparer>(model.recipe, table);
    ids_ = std::make_unique<CustomerIds>(table, id.empty() ? model.recipe.id_column : id);
  });
}

std::uint64_t Scoring::bytes_per_rank() const {
  std::uint64_t bytes = bytes_before_work(comm_, table_);
  if (table_.holds_shares()) {  // the scores wait until all are known
    const features::CategoryTables categories(model_.recipe.space(), features::Unseen::kPossible);
    const std::size_t columns = model_.segmentation->scorer(categories)->columns().size();
    bytes += comm::share_of(table_.rows(), 0, comm_.size()).count *
             (sizeof(std::int32_t) + columns * sizeof(float));
  }
  return bytes;
}

Scoring::Result Scoring::write(const std::string& output, const ScoreOptions& options,
                               Observer& observer) const {
  const features::CategoryTables categories(model_.recipe.space(), features::Unseen::kPossible);
  const std::unique_ptr<cluster::Scorer> scorer = model_.segmentation->scorer(categories);
  const std::size_t columns = scorer->columns().size();
  ScoreWriter writer(comm_, output, *ids_, model_.segments(), scorer->columns(), options, observer);
  const Section section(observer, "score");
  Result result;
  result.sizes.resize(model_.segments());
  const auto score_rows = [&](std::uint64_t first, std::uint64_t count,
                              const cluster::ScoreSpan& scores) {
    features::FeatureRows rows(model_.recipe.space(), count, first);
    preparer_->prepare(first, rows, result.counts);
    scorer->score(rows, 0, scores);
    for (const std::int32_t segment : scores.segments) {
      if (segment >= 0) {
        ++result.sizes[static_cast<std::size_t>(segment)];
      }
    }
  };
  if (table_.holds_shares()) {
    const comm::Share share = comm::share_of(table_.rows(), comm_.rank(), comm_.size());
    Scores scores(0, 0);
    comm_.together([&] {
      scores = Scores(share.count, columns);
      for (std::uint64_t at = 0; at < share.count; at += kScoreBatch) {
        const std::uint64_t count = std::min(kScoreBatch, share.count - at);
        const cluster::ScoreSpan all = scores.span();
        score_rows(
            share.first + at, count,
            {all.segments.subspan(at, count), all.numbers.subspan(at * columns, count * columns)});
        observer.step("scoring", at + count, share.count);
      }
    });
    write_shards(comm_, *ids_, scores, columns, writer, observer);
  }
  const std::uint64_t rounds =
      table_.holds_shares() ? 0 : score_rounds(table_.rows(), comm_.size());
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const comm::Share own = score_batch(table_.rows(), round, comm_.rank(), comm_.size());
    ScoredRows batch;
    comm_.together([&] {
      batch.first = own.first;
      batch.ids = ids_->read(own.first, own.count);
      batch.scores = Scores(own.count, columns);
      score_rows(own.first, own.count, batch.scores.span());
    });
    writer.write(batch);
    observer.step("scoring", own.first + own.count, table_.rows());
  }
  comm_.together([&] { table_.check_unchanged(); });
  writer.commit();
  comm_.all_reduce(std::span<std::uint64_t>(result.sizes), comm::Op::kSum);
  result.counts.imputed = comm_.all_sum(result.counts.imputed);
  result.counts.unseen = comm_.all_sum(result.counts.unseen);
  warn_of_unseen(result.counts, observer);
  return result;
}

std::unique_ptr<ScoreWriter> write_trained_scores(const comm::Communicator& comm,
                                                  const table::Table& table,
                                                  const model::Model& model,
                                                  const features::FeatureRows& rows,
                                                  const std::string& output,
                                                  const ScoreOptions& options, Observer& observer) {
  const CustomerIds ids(table, model.recipe.id_column);
  const std::unique_ptr<cluster::Scorer> scorer = model.segmentation->scorer(rows.categories());
  const std::size_t columns = scorer->columns().size();
  auto writer = std::make_unique<ScoreWriter>(comm, output, ids, model.segments(),
                                              scorer->columns(), options, observer);
  const Section section(observer, "score");
  Scores scores(0, 0);
  comm.together([&] {
    scores = Scores(rows.rows(), columns);
    for (std::uint64_t at = 0; at < rows.rows(); at += kScoreBatch) {
      const std::uint64_t count = std::min(kScoreBatch, rows.rows() - at);
      const cluster::ScoreSpan all = scores.span();
      scorer->score(
          rows, at,
          {all.segments.subspan(at, count), all.numbers.subspan(at * columns, count * columns)});
      observer.step("scoring", at + count, rows.rows());
    }
  });
  write_shards(comm, ids, scores, columns, *writer, observer);
  return writer;
}

void warn_of_unseen(const features::PreparedCounts& counts, Observer& observer) {
  if (counts.unseen > 0) {
    observer.warn(fmt::format("{} with a category that training never saw; none of the known ones "
                              "counts for them",
                              counted(counts.unseen, "cell")),
                  {});
  }
}

}  // namespace tessera::pipeline
