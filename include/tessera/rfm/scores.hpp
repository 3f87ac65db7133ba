/// \file
/// Scores from 1 to 5, and the segments that rules make of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::rfm {

inline constexpr std::size_t kBins = 5;

/// What stands between the bins, ascending: a value is in the bin numbered (from 0) by how many
/// cuts are below it, so that equal values are in one bin, and one that is at a cut in the lower.
using Cuts = std::array<double, kBins - 1>;

/// Collective: the quintiles of the values of all ranks, `known` of them: the quantiles 0.2, 0.4,
/// 0.6 and 0.8, between two values on the straight line (as numpy's default).
[[nodiscard]] Cuts quintiles(const comm::Communicator& comm, std::span<const double> values,
                             std::uint64_t known);

/// From 0. A bin between equal cuts is empty.
[[nodiscard]] std::size_t bin_of(double value, const Cuts& cuts);

/// From 1 to 5. Frequent and profitable customers have high scores, and so do recent ones: of
/// recency the order is turned around.
[[nodiscard]] inline int score_of(double value, const Cuts& cuts) {
  return static_cast<int>(bin_of(value, cuts)) + 1;
}
[[nodiscard]] inline int recency_score_of(double days, const Cuts& cuts) {
  return static_cast<int>(kBins - bin_of(days, cuts));
}

/// The scores of a customer. Without amounts the monetary score is that of the frequency.
struct Scores {
  int r = 1;
  int f = 1;
  int m = 1;

  /// The mean of f and m, halves upwards.
  [[nodiscard]] int fm() const { return (f + m + 1) / 2; }
  /// All combinations are numbered.
  static constexpr std::size_t kCells = kBins * kBins * kBins;
  [[nodiscard]] std::size_t cell() const {
    return (static_cast<std::size_t>(r - 1) * kBins + static_cast<std::size_t>(f - 1)) * kBins +
           static_cast<std::size_t>(m - 1);
  }
  [[nodiscard]] static Scores of_cell(std::size_t cell);
};

/// From `least` to `most`.
struct ScoreRange {
  int least = 1;
  int most = static_cast<int>(kBins);

  [[nodiscard]] bool has(int score) const { return least <= score && score <= most; }
  [[nodiscard]] bool is_all() const { return least <= 1 && most >= static_cast<int>(kBins); }
};

/// A customer whose scores are all in these ranges belongs to the segment.
struct Rule {
  std::string segment;
  ScoreRange r{};
  ScoreRange f{};
  ScoreRange m{};
  ScoreRange fm{};

  [[nodiscard]] bool matches(const Scores& scores) const {
    return r.has(scores.r) && f.has(scores.f) && m.has(scores.m) && fm.has(scores.fm());
  }
  /// "r = 4-5, fm = 2".
  [[nodiscard]] std::string text() const;
};

/// The customary segments, by recency and the mean of the two others: Champions, Loyal, Potential
/// loyalists, New, Promising, Need attention, About to sleep, At risk, Can't lose them,
/// Hibernating, Lost. No two overlap, and each can match.
[[nodiscard]] std::vector<Rule> customary_rules();

/// How scores and segments are made.
struct ScoreOptions {
  std::optional<Cuts> recency{};  ///< stated ones; else quintiles
  std::optional<Cuts> frequency{};
  std::optional<Cuts> monetary{};
  std::vector<Rule> rules = customary_rules();
};

/// Which rule each combination of scores goes to: the first that matches.
class RuleTable {
 public:
  /// Throws kConfig if a combination matches none. `has_amounts`: else f and m are one score, and
  /// rules that look at m are refused.
  RuleTable(std::vector<Rule> rules, bool has_amounts);

  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  [[nodiscard]] std::size_t rule_of(const Scores& scores) const { return first_[scores.cell()]; }

  /// What is known of a rule beside its text.
  struct Audit {
    bool can_match = false;            ///< some combination goes to it
    std::vector<std::size_t> earlier;  ///< rules that take combinations from it
    std::uint64_t customers = 0;       ///< that go to it
    std::uint64_t taken = 0;           ///< that match it and go to an earlier one
  };
  /// One for each rule. `customers`: of each combination, by Scores::cell().
  [[nodiscard]] std::vector<Audit> audit(std::span<const std::uint64_t> customers) const;

 private:
  [[nodiscard]] bool is_possible(const Scores& scores) const {
    return has_amounts_ || scores.f == scores.m;
  }

  std::vector<Rule> rules_;
  bool has_amounts_;
  std::array<std::size_t, Scores::kCells> first_{};
};

}  // namespace tessera::rfm
