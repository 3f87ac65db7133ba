#include "tessera/pipeline/rfm.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "pipeline/memory.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::pipeline {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Numbers of a rank's customers, as they are written: whole ones by name, and with their extremes.
struct Numbers {
  std::string name;
  std::vector<double> values;
  bool is_whole = true;
};

double days_between(std::int64_t from, std::int64_t to) {
  return static_cast<double>(to - from) / static_cast<double>(kSecondsPerDay);
}

double whole_days(std::int64_t from, std::int64_t to) {
  const std::int64_t days = (to - from) / kSecondsPerDay;  // `from` is not after `to`
  return static_cast<double>(days);
}

template <typename Of>
std::vector<double> numbers_of(std::uint64_t count, const Of& of) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = of(i);
  }
  return values;
}

/// The customers of a rank on their way into a file.
class CustomerTable {
 public:
  CustomerTable(const rfm::Grouped& grouped, bool has_amounts)
      : customers_(grouped.customers), has_amounts_(has_amounts) {
    const rfm::Customers& all = customers_;
    const std::int64_t snapshot = grouped.snapshot;
    const auto add = [&](std::string name, bool is_whole, const auto& of) {
      columns_.push_back({std::move(name), numbers_of(all.count(), of), is_whole});
    };
    add("recency_days", true, [&](std::size_t i) { return whole_days(all.last[i], snapshot); });
    add("frequency", true, [&](std::size_t i) { return static_cast<double>(all.bought[i]); });
    if (has_amounts) {
      add("monetary", false, [&](std::size_t i) { return all.spent[i].value(); });
    }
    add("tenure_days", true, [&](std::size_t i) { return whole_days(all.first[i], snapshot); });
    if (has_amounts) {
      add("average_basket", false,
          [&](std::size_t i) { return all.spent[i].value() / static_cast<double>(all.bought[i]); });
    }
    add("mean_days_between", false, [&](std::size_t i) {
      return all.bought[i] > 1
                 ? days_between(all.first[i], all.last[i]) / static_cast<double>(all.bought[i] - 1)
                 : kNaN;
    });
  }

  [[nodiscard]] const std::vector<double>& values(std::string_view name) const {
    return std::ranges::find(columns_, name, &Numbers::name)->values;
  }

  /// The scores of a customer.
  [[nodiscard]] rfm::Scores scores(std::size_t i, const std::vector<RfmScore>& by) const {
    rfm::Scores scores;
    scores.r = rfm::recency_score_of(columns_[0].values[i], by[0].cuts);
    scores.f = rfm::score_of(columns_[1].values[i], by[1].cuts);
    scores.m = has_amounts_ ? rfm::score_of(columns_[2].values[i], by[2].cuts) : scores.f;
    return scores;
  }

  /// Adds the scores and the segments.
  void score(const std::vector<RfmScore>& by, const rfm::RuleTable& rules,
             const std::vector<std::string>& levels, std::vector<std::uint64_t>& cells) {
    std::vector<Numbers> found = {{"r_score", {}}, {"f_score", {}}, {"m_score", {}}};
    for (std::size_t i = 0; i < customers_.count(); ++i) {
      const rfm::Scores scores = this->scores(i, by);
      ++cells[scores.cell()];
      found[0].values.push_back(scores.r);
      found[1].values.push_back(scores.f);
      found[2].values.push_back(scores.m);
      const std::string& segment = rules.rules()[rules.rule_of(scores)].segment;
      segments_.push_back(
          static_cast<std::int32_t>(std::ranges::lower_bound(levels, segment) - levels.begin()));
    }
    found.resize(by.size());
    std::ranges::move(found, std::back_inserter(columns_));
  }

  /// Collective. All columns, as a file may want to know them before.
  [[nodiscard]] std::vector<table::PlannedColumn> plan(
      const comm::Communicator& comm, const std::vector<std::string>& levels) const;
  [[nodiscard]] table::SinkBatch batch(std::uint64_t first) const;

 private:
  [[nodiscard]] table::PlannedColumn id_plan(const comm::Communicator& comm) const;

  const rfm::Customers& customers_;
  bool has_amounts_;
  std::vector<Numbers> columns_;
  std::vector<std::int32_t> segments_;
};

table::PlannedColumn CustomerTable::id_plan(const comm::Communicator& comm) const {
  using table::ColumnType;
  table::PlannedColumn plan;
  plan.column.name = customers_.id_name;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&customers_.ids)) {
    std::uint64_t longest = 1;
    std::uint64_t bytes = 0;
    for (const std::string& text : *texts) {
      longest = std::max<std::uint64_t>(longest, text.size());
      bytes += text.size();
    }
    plan.column.type = ColumnType::kText;
    plan.text_width = comm.all_max(longest);
    plan.text_bytes = comm.all_sum(bytes);
    return plan;
  }
  plan.holds_numbers = true;
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&customers_.ids)) {
    const bool is_empty = integers->empty();  // sorted
    plan.column.type = ColumnType::kInteger;
    plan.summary.minimum = static_cast<double>(
        comm.all_min(is_empty ? std::numeric_limits<std::int64_t>::max() : integers->front()));
    plan.summary.maximum = static_cast<double>(
        comm.all_max(is_empty ? std::numeric_limits<std::int64_t>::min() : integers->back()));
  } else {
    plan.column.type = ColumnType::kReal;
  }
  return plan;
}

std::vector<table::PlannedColumn> CustomerTable::plan(
    const comm::Communicator& comm, const std::vector<std::string>& levels) const {
  std::vector<table::PlannedColumn> plan = {id_plan(comm)};
  for (const Numbers& column : columns_) {
    numeric::Extremes extremes = numeric::extremes_of(column.values);
    extremes.all_reduce(comm);
    table::PlannedColumn& planned = plan.emplace_back();
    planned.column = {
        column.name, column.is_whole ? table::ColumnType::kInteger : table::ColumnType::kReal, {}};
    if (extremes.least <= extremes.greatest) {
      planned.summary.minimum = extremes.least;
      planned.summary.maximum = extremes.greatest;
    }
  }
  plan.emplace_back().column = {"rfm_segment", table::ColumnType::kCategory, levels};
  return plan;
}

table::SinkBatch CustomerTable::batch(std::uint64_t first) const {
  table::SinkBatch batch{.first = first, .rows = customers_.count()};
  std::visit([&](const auto& ids) { batch.columns.emplace_back(std::span(ids)); }, customers_.ids);
  for (const Numbers& column : columns_) {
    batch.columns.emplace_back(std::span<const double>(column.values));
  }
  batch.columns.emplace_back(std::span<const std::int32_t>(segments_));
  return batch;
}

// Names of segments in the order of a category's levels; several rules may have one.
std::vector<std::string> levels_of(const std::vector<rfm::Rule>& rules) {
  std::vector<std::string> levels(rules.size());
  std::ranges::transform(rules, levels.begin(), &rfm::Rule::segment);
  std::ranges::sort(levels);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

/// Collective.
std::vector<RfmScore> find_cuts(const comm::Communicator& comm, const CustomerTable& customers,
                                const rfm::ScoreOptions& options, std::uint64_t known,
                                bool has_amounts) {
  std::vector<RfmScore> scores;
  const auto add = [&](std::string name, std::string_view column,
                       const std::optional<rfm::Cuts>& stated) {
    RfmScore& score = scores.emplace_back();
    score.name = std::move(name);
    score.is_stated = stated.has_value();
    score.cuts = stated ? *stated : rfm::quintiles(comm, customers.values(column), known);
  };
  add("recency", "recency_days", options.recency);
  add("frequency", "frequency", options.frequency);
  if (has_amounts) {
    add("monetary", "monetary", options.monetary);
  }
  return scores;
}

void count_scores(const std::vector<std::uint64_t>& cells, std::vector<RfmScore>& scores) {
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const rfm::Scores these = rfm::Scores::of_cell(cell);
    const std::array<int, 3> each = {these.r, these.f, these.m};
    for (std::size_t s = 0; s < scores.size(); ++s) {
      scores[s].customers[static_cast<std::size_t>(each[s] - 1)] += cells[cell];
    }
  }
}

void refuse_own_names(const std::string& customer) {
  for (const std::string_view name :
       {"recency_days", "frequency", "monetary", "tenure_days", "average_basket",
        "mean_days_between", "r_score", "f_score", "m_score", "rfm_segment"}) {
    if (customer == name) {
      fail_about("customer", ExitCode::kBadData,
                 "customers are written with a column '{}', and so their id cannot be called that; "
                 "rename it",
                 name);
    }
  }
}

}  // namespace

RfmResult make_customers(const comm::Communicator& comm, const table::Table& table,
                         const rfm::TransactionOptions& transactions,
                         const rfm::ScoreOptions& options, const std::string& output, bool csv_safe,
                         Observer& observer) {
  const bool has_amounts = !transactions.amount.empty();
  refuse_own_names(transactions.customer);
  const rfm::RuleTable rules(options.rules, has_amounts);
  const std::vector<std::string> levels = levels_of(options.rules);
  rfm::Grouped grouped;
  {
    const Section section(observer, "group");
    grouped = rfm::group(comm, table, transactions, observer);
  }
  comm.together([&] { table.check_unchanged(); });
  RfmResult result{.rows = grouped.rows,
                   .rows_kept = grouped.kept,
                   .dropped = grouped.dropped,
                   .customers = grouped.all,
                   .snapshot = grouped.snapshot,
                   .monetary_total = {},
                   .scores = {},
                   .rules = options.rules,
                   .audit = {}};
  if (has_amounts) {
    result.monetary_total = grouped.spent.value();
  }
  std::optional<CustomerTable> customers;
  std::vector<std::uint64_t> cells(rfm::Scores::kCells);
  {
    const Section section(observer, "score");
    comm.together([&] { customers.emplace(grouped, has_amounts); });
    result.scores = find_cuts(comm, *customers, options, grouped.all, has_amounts);
    comm.together([&] { customers->score(result.scores, rules, levels, cells); });
    comm.all_reduce(std::span<std::uint64_t>(cells), comm::Op::kSum);
    count_scores(cells, result.scores);
    result.audit = rules.audit(cells);
  }
  const Section section(observer, "write");
  const auto sink = table::create_sink(comm, output,
                                       {.rows = grouped.all,
                                        .columns = customers->plan(comm, levels),
                                        .notes = {{"made_by", "tessera rfm"}},
                                        .csv_safe = csv_safe});
  const std::uint64_t first = comm.sum_of_lower_ranks(grouped.customers.count());
  table::SinkBatch batch;
  comm.together([&] { batch = customers->batch(first); });
  sink->write(batch);
  sink->commit();
  return result;
}

std::uint64_t rfm_bytes_per_rank(const comm::Communicator& comm, const table::Table& table) {
  const std::uint64_t gathered =
      comm.size() > 1 ? std::min(rfm::kGathered, table.rows()) * rfm::kGatheredBytes : 0;
  return bytes_of_rows(bytes_before_work(comm, table),
                       comm::share_of(table.rows(), 0, comm.size()).count, rfm::kCustomerBytes,
                       gathered);
}

}  // namespace tessera::pipeline
