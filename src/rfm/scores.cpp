#include "tessera/rfm/scores.hpp"

#include <algorithm>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/numeric/order_statistic.hpp"

namespace tessera::rfm {

Cuts quintiles(const comm::Communicator& comm, std::span<const double> values,
               std::uint64_t known) {
  Cuts cuts{};
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    cuts[i] = numeric::quantile(comm, values, known,
                                static_cast<double>(i + 1) / static_cast<double>(kBins));
  }
  return cuts;
}

std::size_t bin_of(double value, const Cuts& cuts) {
  std::size_t bin = 0;
  for (const double cut : cuts) {
    bin += value > cut ? 1U : 0U;
  }
  return bin;
}

Scores Scores::of_cell(std::size_t cell) {
  return {static_cast<int>(cell / (kBins * kBins)) + 1, static_cast<int>(cell / kBins % kBins) + 1,
          static_cast<int>(cell % kBins) + 1};
}

std::string Rule::text() const {
  std::string text;
  const auto add = [&](std::string_view name, const ScoreRange& range) {
    if (range.is_all()) {
      return;
    }
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, range.least);
    if (range.most > range.least) {
      text += fmt::format("-{}", range.most);
    }
  };
  add("r", r);
  add("f", f);
  add("m", m);
  add("fm", fm);
  return text.empty() ? "all" : text;
}

std::vector<Rule> customary_rules() {
  return {
      {.segment = "Champions", .r = {5, 5}, .fm = {4, 5}},
      {.segment = "Loyal", .r = {3, 4}, .fm = {4, 5}},
      {.segment = "Potential loyalists", .r = {4, 5}, .fm = {2, 3}},
      {.segment = "New", .r = {5, 5}, .fm = {1, 1}},
      {.segment = "Promising", .r = {4, 4}, .fm = {1, 1}},
      {.segment = "Need attention", .r = {3, 3}, .fm = {3, 3}},
      {.segment = "About to sleep", .r = {3, 3}, .fm = {1, 2}},
      {.segment = "At risk", .r = {1, 2}, .fm = {3, 4}},
      {.segment = "Can't lose them", .r = {1, 2}, .fm = {5, 5}},
      {.segment = "Hibernating", .r = {2, 2}, .fm = {1, 2}},
      {.segment = "Lost", .r = {1, 1}, .fm = {1, 2}},
  };
}

RuleTable::RuleTable(std::vector<Rule> rules, bool has_amounts)
    : rules_(std::move(rules)), has_amounts_(has_amounts) {
  for (const Rule& rule : rules_) {
    if (!has_amounts && !rule.m.is_all()) {
      fail_about("rules", ExitCode::kConfig,
                 "segment {}: its rule looks at m, and there are no amounts to score",
                 rule.segment);
    }
  }
  for (std::size_t cell = 0; cell < Scores::kCells; ++cell) {
    const Scores scores = Scores::of_cell(cell);
    const auto rule =
        std::ranges::find_if(rules_, [&](const Rule& one) { return one.matches(scores); });
    if (rule == rules_.end() && is_possible(scores)) {
      fail_about("rules", ExitCode::kConfig,
                 "no rule matches a customer with r = {}, f = {}, m = {}; add one, at the end a "
                 "segment with r = 1-5 takes all that are left",
                 scores.r, scores.f, scores.m);
    }
    first_[cell] = static_cast<std::size_t>(rule - rules_.begin());
  }
}

std::vector<RuleTable::Audit> RuleTable::audit(std::span<const std::uint64_t> customers) const {
  std::vector<Audit> audits(rules_.size());
  for (std::size_t cell = 0; cell < Scores::kCells; ++cell) {
    const Scores scores = Scores::of_cell(cell);
    if (!is_possible(scores)) {
      continue;
    }
    const std::size_t first = first_[cell];
    audits[first].can_match = true;
    audits[first].customers += customers[cell];
    for (std::size_t rule = first + 1; rule < rules_.size(); ++rule) {
      if (rules_[rule].matches(scores)) {
        audits[rule].taken += customers[cell];
        audits[rule].earlier.push_back(first);
      }
    }
  }
  for (Audit& audit : audits) {
    std::ranges::sort(audit.earlier);
    audit.earlier.erase(std::unique(audit.earlier.begin(), audit.earlier.end()),
                        audit.earlier.end());
  }
  return audits;
}

}  // namespace tessera::rfm
