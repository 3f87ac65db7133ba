#include "pipeline/check/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tessera/base/text.hpp"

namespace tessera::pipeline {
namespace {

using Weight = Finding::Weight;

constexpr double kNearlyConstant = 0.99;
constexpr double kMostlyMissing = 0.5;
constexpr double kNoteMissing = 0.05;
constexpr double kSame = 0.999999;  // correlation of a column and a multiple of it
constexpr double kSkewed = 1;
constexpr double kAgreement = 0.99;
constexpr std::uint64_t kMostCodes = 12;
constexpr std::uint64_t kEnoughRows = 50;
constexpr std::uint64_t kRowsForTwoValues = 10;  // as fit() has it
constexpr std::uint64_t kManyLevels = 50;

double share_of(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max(whole, std::uint64_t{1}));
}

std::string percent(double share) {
  const double value = 100 * share;
  // never "100 %" or "0 %" of what is not
  return fmt::format("{:.1f} %", value > 99.9 && value < 100 ? 99.9
                                 : value < 0.1 && value > 0  ? 0.1
                                                             : value);
}

bool is_log(const ColumnFacts& facts, const numeric::Extremes& range) {
  return *facts.skewness > 0 && range.least >= 0;
}

class Judge {
 public:
  Judge(std::span<const CheckedColumn> columns, const CheckOptions& options, CheckResult& result)
      : columns_(columns), options_(options), result_(result) {}

  void run() {
    ids();
    for (const CheckedColumn& column : columns_) {
      if (column.facts.name == options_.label) {
        leave_out(column, "it is the label");
      } else {
        values(column);
      }
    }
    copies();
    correlations();
    together();
    for (const CheckedColumn& column : columns_) {
      if (!ignored_.contains(column.facts.name)) {
        shape(column);
      }
    }
    std::ranges::stable_sort(result_.findings, {}, &Finding::weight);
  }

 private:
  void find(std::string kind, Weight weight, std::vector<std::string> columns, std::string text,
            std::string mend = {}) {
    result_.findings.push_back(
        {std::move(kind), weight, std::move(columns), std::move(text), std::move(mend)});
  }

  void leave_out(const CheckedColumn& column, const std::string& reason) {
    if (ignored_.insert(column.facts.name).second) {
      result_.suggestion.ignored.push_back({column.facts.name, {}, reason});
    }
  }

  /// A finding whose column is best left out.
  void refuse(std::string kind, Weight weight, const CheckedColumn& column,
              const std::string& reason) {
    find(std::move(kind), weight, {column.facts.name}, reason, "ignore = " + column.facts.name);
    leave_out(column, reason);
  }

  void ids() {
    if (result_.ids) {
      if (result_.ids->doubled_ids > 0) {
        find("doubled_ids", Weight::kMust, {options_.id},
             fmt::format("{} in more than one row, {} in all, for example rows {} and {}: each row "
                         "would count as a customer",
                         result_.ids->doubled_ids == 1
                             ? "an id stands"
                             : counted(result_.ids->doubled_ids, "id") + " stand",
                         counted(result_.ids->doubled_rows, "row"),
                         grouped(result_.ids->first_row + 1), grouped(result_.ids->second_row + 1)),
             "make one row of each customer; of transactions by 'tessera rfm'");
      }
      if (result_.ids->missing > 0) {
        find("missing_ids", Weight::kMust, {options_.id},
             fmt::format("{} without an id", counted(result_.ids->missing, "row")),
             "leave these rows out, or give them an id");
      }
    }
    if (result_.doubled_rows > 0) {
      find(
          "doubled_rows", Weight::kShould, {},
          fmt::format("{} of {} equal another in all columns{} ({}): copies, or too few columns to "
                      "tell customers apart",
                      counted(result_.doubled_rows, "row"), grouped(result_.rows),
                      options_.id.empty() ? "" : " but the id",
                      counted(result_.doubled_contents, "different content")),
          "where they are copies, keep one of each");
    }
  }

  /// What keeps a column from being a feature.
  void values(const CheckedColumn& column) {
    const ColumnFacts& facts = column.facts;
    if (facts.infinite > 0) {
      refuse("infinite", Weight::kMust, column,
             fmt::format(
                 "{} infinite, which no feature may be",
                 facts.infinite == 1 ? "a value is" : counted(facts.infinite, "value") + " are"));
    } else if (column.known == 0) {
      refuse("empty", Weight::kShould, column, "all values are missing");
    } else if (facts.distinct <= 1) {
      refuse("constant", Weight::kShould, column, "it has a single value");
    } else if (ties(column)) {
    } else if (facts.type == table::ColumnType::kDate) {
      find("dates", Weight::kNote, {facts.name},
           "dates say nothing without a day to count from: train leaves them out",
           fmt::format("[column {}] take = days-before (or age DATE, weekday, month)", facts.name));
      leave_out(column, "dates say nothing without a day to count from");
    } else if (!column.why_id.empty()) {
      const bool is_named = options_.id.empty() && column.known == result_.rows;
      find("id", Weight::kShould, {facts.name}, column.why_id,
           is_named
               ? fmt::format("id = {0}, if it tells customers apart; else ignore = {0}", facts.name)
               : "ignore = " + facts.name);
      leave_out(column, column.why_id);
    } else if (facts.type == table::ColumnType::kText) {
      refuse(
          "text", Weight::kNote, column,
          fmt::format("it is text of {}{}, which no feature is made of",
                      facts.distinct_is_exact ? "" : "about ", counted(facts.distinct, "value")));
    } else if (facts.most_frequent &&
               share_of(*facts.most_frequent, column.known) >= kNearlyConstant) {
      refuse("near_constant", Weight::kShould, column,
             fmt::format("{} of its known rows have one value",
                         percent(share_of(*facts.most_frequent, column.known))));
    } else if (share_of(facts.missing, result_.rows) > kMostlyMissing) {
      refuse("missing", Weight::kShould, column,
             fmt::format("{} missing: most of it would be made up",
                         percent(share_of(facts.missing, result_.rows))));
    } else if (share_of(facts.missing, result_.rows) > kNoteMissing) {
      find("missing", Weight::kNote, {facts.name},
           fmt::format("{} missing", percent(share_of(facts.missing, result_.rows))),
           facts.type == table::ColumnType::kCategory
               ? fmt::format("[column {}] steps = impute most_frequent", facts.name)
               : fmt::format("[column {}] steps = impute median, ...", facts.name));
    }
  }

  /// Whether a column gives the label away.
  bool ties(const CheckedColumn& column) {
    const LabelTies& ties = column.label;
    if (ties.decides && ties.is_decided) {
      refuse("label_copy", Weight::kMust, column,
             fmt::format("it is the label \"{}\" in other words", options_.label));
    } else if (ties.decides) {
      refuse("decides_label", Weight::kMust, column,
             fmt::format("each of its values has one value of the label \"{}\"", options_.label));
    } else if (ties.is_decided) {
      refuse("decided_by_label", Weight::kMust, column,
             fmt::format("each value of the label \"{}\" has one of its values", options_.label));
    } else if (ties.agreement >= kAgreement && 1 - ties.agreement < 0.1 * (1 - ties.base)) {
      refuse("decides_label", Weight::kMust, column,
             fmt::format("it tells the label \"{}\" in {} of the rows", options_.label,
                         percent(ties.agreement)));
    } else {
      return false;
    }
    return true;
  }

  void copies() {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const CheckedColumn& column = columns_[i];
      if (column.known == 0 || column.facts.distinct <= 1) {
        continue;
      }
      const auto earlier = std::ranges::find_if(columns_.first(i), [&](const CheckedColumn& other) {
        return other.content == column.content &&
               other.content_is_partition == column.content_is_partition;
      });
      if (earlier == columns_.begin() + static_cast<std::ptrdiff_t>(i)) {
        continue;
      }
      // the label stays what it is
      const bool is_label = column.facts.name == options_.label;
      const CheckedColumn& copy = is_label ? *earlier : column;
      const CheckedColumn& of = is_label ? column : *earlier;
      if (of.facts.name == options_.label && copy.label.decides && copy.label.is_decided) {
        continue;  // said already
      }
      copies_.emplace(earlier->facts.name, column.facts.name);
      const std::string reason =
          fmt::format("it is \"{}\" {}", of.facts.name,
                      column.content_is_partition ? "in other words" : "again");
      find("copy", of.facts.name == options_.label ? Weight::kMust : Weight::kShould,
           {copy.facts.name, of.facts.name},
           fmt::format("\"{}\" is \"{}\" {}: it would count twice", copy.facts.name, of.facts.name,
                       column.content_is_partition ? "in other words" : "again"),
           "ignore = " + copy.facts.name);
      leave_out(copy, reason);
    }
  }

  [[nodiscard]] const CheckedColumn& column(const std::string& name) const {
    return *std::ranges::find(columns_, name,
                              [](const CheckedColumn& one) { return one.facts.name; });
  }

  void correlations() {
    for (const Correlation& one : result_.correlations) {
      if (copies_.contains({one.first, one.second})) {
        continue;
      }
      const bool is_label = one.first == options_.label || one.second == options_.label;
      const std::string& other = one.second == options_.label ? one.first : one.second;
      const bool is_same = std::fabs(one.value) >= kSame;
      find(is_label ? "correlated_with_label" : "correlated",
           is_label  ? Weight::kMust
           : is_same ? Weight::kShould
                     : Weight::kNote,
           {one.first, one.second},
           fmt::format("correlation {:.4f} of \"{}\" and \"{}\": {}", one.value, one.first,
                       one.second,
                       is_label  ? "it gives the label away"
                       : is_same ? "one is a multiple of the other"
                                 : "both say much the same"),
           is_label || is_same ? "ignore = " + other
                               : fmt::format("drop-correlated = {}", options_.correlated));
      if (is_label || (is_same && !ignored_.contains(one.first))) {
        leave_out(column(other),
                  is_label ? fmt::format("its correlation with the label is {:.4f}", one.value)
                           : fmt::format("it is a multiple of \"{}\"", one.first));
      }
    }
  }

  void together() {
    for (const std::vector<std::string>& group : result_.missing_together) {
      std::string names;
      for (const std::string& name : group) {
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
      }
      find("missing_together", Weight::kNote, group,
           fmt::format("{} are missing in the same {}", names,
                       counted(column(group.front()).facts.missing, "row")),
           "that they are missing may itself say something: impute with care");
    }
  }

  /// How a feature is best taken.
  void shape(const CheckedColumn& column) {
    const ColumnFacts& facts = column.facts;
    if (facts.type == table::ColumnType::kCategory) {
      levels(column);
      return;
    }
    if (column.is_whole && facts.distinct == 2 && column.known >= kRowsForTwoValues) {
      find("two_values", Weight::kNote, {facts.name},
           "whole numbers with two values: taken as a category",
           fmt::format("columns-as = {}=number, if it is to be a number", facts.name));
      return;
    }
    if (column.is_whole && facts.distinct_is_exact && facts.distinct <= kMostCodes &&
        column.known >= kEnoughRows) {
      const std::string reason =
          fmt::format("whole numbers with {} values: a count, or codes?", facts.distinct);
      find("codes", Weight::kNote, {facts.name}, reason,
           fmt::format("columns-as = {}=category, if they are codes", facts.name));
      result_.suggestion.categories.push_back({facts.name, {}, reason});
      return;
    }
    skew(column);
  }

  void levels(const CheckedColumn& column) {
    const ColumnFacts& facts = column.facts;
    if (facts.distinct > kManyLevels || facts.rare_levels.value_or(0) > 1) {
      const std::string reason =
          fmt::format("{}, {} of them of fewer than 1 % of the rows, {} together",
                      counted(facts.distinct, "level"), facts.rare_levels.value_or(0),
                      percent(share_of(facts.rare_rows, column.known)));
      const bool leaves_any = facts.rare_levels.value_or(0) < facts.distinct;
      const std::string steps =
          leaves_any ? "impute most_frequent, rare 0.01, one-hot" : "frequency, standard";
      find("rare_levels", Weight::kNote, {facts.name}, reason,
           fmt::format("[column {}] steps = {}", facts.name, steps));
      result_.suggestion.steps.push_back({facts.name, steps, reason});
    }
  }

  void skew(const CheckedColumn& column) {
    const ColumnFacts& facts = column.facts;
    const std::uint64_t outliers = facts.outliers.value_or(0);
    const std::string far = outliers == 0 ? ""
                                          : fmt::format("{} ({}) beyond three interquartile ranges",
                                                        counted(outliers, "value"),
                                                        percent(share_of(outliers, column.known)));
    std::string steps;
    std::string reason;
    if (facts.skewness && std::fabs(*facts.skewness) > kSkewed) {
      const bool takes_log = is_log(facts, column.range);
      steps = takes_log ? "impute median, log1p, standard" : "impute median, yeo-johnson, standard";
      reason = fmt::format("skewness {:.1f}{}{}", *facts.skewness, far.empty() ? "" : ", ", far);
      find("skewed", Weight::kShould, {facts.name}, reason,
           fmt::format("[column {}] steps = {}", facts.name, steps));
    } else if (outliers > 0) {
      steps = "impute median, clip 0.01:0.99, standard";
      reason = far;
      find("outliers", Weight::kShould, {facts.name}, reason,
           fmt::format("[column {}] steps = {}", facts.name, steps));
    } else {
      return;
    }
    result_.suggestion.steps.push_back({facts.name, steps, reason});
  }

  std::span<const CheckedColumn> columns_;
  const CheckOptions& options_;
  CheckResult& result_;
  std::set<std::string> ignored_;
  std::set<std::pair<std::string, std::string>> copies_;
};

}  // namespace

std::string to_string(Finding::Weight weight) {
  switch (weight) {
    case Weight::kMust:
      return "must";
    case Weight::kShould:
      return "should";
    default:
      return "note";
  }
}

void judge(std::span<const CheckedColumn> columns, const CheckOptions& options,
           CheckResult& result) {
  Judge(columns, options, result).run();
}

}  // namespace tessera::pipeline
