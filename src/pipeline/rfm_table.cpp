#include "pipeline/rfm_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::pipeline {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMissing = std::numeric_limits<std::int64_t>::min();

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

/// Collective.
void plan_text(const comm::Communicator& comm, const std::vector<std::string>& texts,
               table::PlannedColumn& plan) {
  std::uint64_t longest = 1;
  std::uint64_t bytes = 0;
  for (const std::string& text : texts) {
    longest = std::max<std::uint64_t>(longest, text.size());
    bytes += text.size();
  }
  plan.column.type = table::ColumnType::kText;
  plan.text_width = comm.all_max(longest);
  plan.text_bytes = comm.all_sum(bytes);
}

/// Collective. The extremes of what is not missing.
void plan_integers(const comm::Communicator& comm, const std::vector<std::int64_t>& values,
                   table::PlannedColumn& plan) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = kMissing;
  for (const std::int64_t value : values) {
    least = value == kMissing ? least : std::min(least, value);
    greatest = std::max(greatest, value);
  }
  least = comm.all_min(least);
  greatest = comm.all_max(greatest);
  if (least <= greatest) {
    plan.summary.minimum = static_cast<double>(least);
    plan.summary.maximum = static_cast<double>(greatest);
  }
}

}  // namespace

CustomerTable::CustomerTable(const rfm::Grouped& grouped, bool has_amounts)
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

const std::vector<double>& CustomerTable::values(std::string_view name) const {
  return std::ranges::find(columns_, name, &Numbers::name)->values;
}

rfm::Scores CustomerTable::scores(std::size_t i, const std::vector<RfmScore>& by) const {
  rfm::Scores scores;
  scores.r = rfm::recency_score_of(columns_[0].values[i], by[0].cuts);
  scores.f = rfm::score_of(columns_[1].values[i], by[1].cuts);
  scores.m = has_amounts_ ? rfm::score_of(columns_[2].values[i], by[2].cuts) : scores.f;
  return scores;
}

void CustomerTable::score(const std::vector<RfmScore>& by, const rfm::RuleTable& rules,
                          const std::vector<std::string>& levels,
                          std::vector<std::uint64_t>& cells) {
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

bool CustomerTable::has(const std::string& name) const {
  return name == customers_.id_name || name == "rfm_segment" ||
         std::ranges::find(columns_, name, &Numbers::name) != columns_.end() ||
         std::ranges::any_of(
             joined_, [&](const rfm::JoinedColumn& column) { return column.column.name == name; });
}

std::vector<std::pair<std::string, std::string>> CustomerTable::join(
    std::vector<rfm::JoinedColumn> columns) {
  std::vector<std::pair<std::string, std::string>> renamed;
  for (rfm::JoinedColumn& column : columns) {
    const std::string name = column.column.name;
    if (has(name)) {
      column.column.name += "_joined";
      renamed.emplace_back(name, column.column.name);
      const auto same = [&](const rfm::JoinedColumn& other) {
        return &other != &column && other.column.name == column.column.name;
      };
      if (has(column.column.name) || std::ranges::any_of(columns, same)) {
        fail_about("join", ExitCode::kBadData,
                   "customers have a column '{}' of their own, and '{}' is taken too: rename it in "
                   "the joined table",
                   name, column.column.name);
      }
    }
    joined_.push_back(std::move(column));
  }
  return renamed;
}

std::vector<std::string> CustomerTable::joined_names() const {
  std::vector<std::string> names;
  for (const rfm::JoinedColumn& column : joined_) {
    names.push_back(column.column.name);
  }
  return names;
}

table::PlannedColumn CustomerTable::id_plan(const comm::Communicator& comm) const {
  using table::ColumnType;
  table::PlannedColumn plan;
  plan.column.name = customers_.id_name;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&customers_.ids)) {
    plan_text(comm, *texts, plan);
    return plan;
  }
  plan.holds_numbers = true;
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&customers_.ids)) {
    plan.column.type = ColumnType::kInteger;
    plan_integers(comm, *integers, plan);
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
  for (const rfm::JoinedColumn& column : joined_) {
    table::PlannedColumn& planned = plan.emplace_back();
    planned.column = column.column;
    if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values)) {
      plan_text(comm, *texts, planned);
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&column.values)) {
      plan_integers(comm, *integers, planned);
    }
  }
  return plan;
}

table::SinkBatch CustomerTable::batch(std::uint64_t first) const {
  table::SinkBatch batch{.first = first, .rows = customers_.count()};
  std::visit([&](const auto& ids) { batch.columns.emplace_back(std::span(ids)); }, customers_.ids);
  for (const Numbers& column : columns_) {
    batch.columns.emplace_back(std::span<const double>(column.values));
  }
  batch.columns.emplace_back(std::span<const std::int32_t>(segments_));
  for (const rfm::JoinedColumn& column : joined_) {
    std::visit([&](const auto& values) { batch.columns.emplace_back(std::span(values)); },
               column.values);
  }
  return batch;
}

}  // namespace tessera::pipeline
