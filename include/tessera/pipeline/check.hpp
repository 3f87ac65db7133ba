/// \file
/// What to know of a table before a segmentation is trained on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/id_keys.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

struct CheckOptions {
  std::string id;                   ///< identifies customers
  std::string label;                ///< what is known of them and is not to be learnt; or empty
  std::string weight;               ///< what each row weighs in training; no feature: only counted
  std::vector<std::string> ignore;  ///< are to be no features: only counted
  double correlated = 0.9;          ///< correlations of this size or more are told, either way
  std::uint64_t min_group = model::kMinGroup;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.id, Field{.name = "id", .value = "COLUMN", .help = "identifies customers"});
    visit(self.label,
          Field{.name = "label",
                .value = "COLUMN",
                .help = "what features must not give away: a known outcome or segment"});
    visit(self.weight, Field{.name = "weight",
                             .value = "COLUMN",
                             .help = "what each row is to weigh in training: looked at for what is "
                                     "no weight, and not a feature"});
    visit(self.ignore, Field{.name = "ignore",
                             .value = "A,B,...",
                             .help = "columns that are to be left out, and not compared"});
    visit(self.correlated, Field{.name = "correlated",
                                 .value = "R",
                                 .help = "tell of numeric columns with a correlation of R or more, "
                                         "or of -R or less",
                                 .least = 0,
                                 .most = 1});
    visit(self.min_group,
          Field{.name = "min_group",
                .value = "N",
                .help = "values that fewer customers have are not shown; 1: all are",
                .least = 1});
  }
};

/// A column of a table. What is not known, or not asked of its type, is nothing.
struct ColumnFacts {
  std::string name;
  table::ColumnType type = table::ColumnType::kText;
  std::uint64_t missing = 0;
  /// Of the known values. Not exact, it is right within 10 % (1024 least hashes).
  std::uint64_t distinct = 0;
  bool distinct_is_exact = true;
  std::optional<std::uint64_t> most_frequent;  ///< rows of the most frequent value, if over a half
                                               ///< or if all distinct values were counted

  // of numbers; of dates, minimum, maximum and median in seconds as of base/dates.hpp
  std::uint64_t infinite = 0;     ///< left out of all that follows
  std::optional<double> minimum;  ///< the least value that `min_group` customers do not exceed
  std::optional<double> maximum;  ///< the greatest that as many reach
  std::optional<double> mean;
  std::optional<double> median;
  std::optional<double> deviation;        ///< population standard deviation
  std::optional<double> skewness;         ///< third moment about the mean / deviation^3
  std::optional<std::uint64_t> outliers;  ///< beyond three interquartile ranges of the quartiles

  // of categories
  std::optional<std::uint64_t> rare_levels;  ///< of fewer than one in a hundred known rows
  std::uint64_t rare_rows = 0;               ///< rows of those together
};

/// Two numeric columns, over the rows where both are known.
struct Correlation {
  std::string first;
  std::string second;
  double value = 0;
};

/// Something to know, and what to do about it.
struct Finding {
  enum class Weight {
    kMust,    ///< training would fail, or learn what it must not
    kShould,  ///< the segments would be worse
    kNote,
  };
  std::string kind;  ///< "doubled_ids"
  Weight weight = Weight::kNote;
  std::vector<std::string> columns;
  std::string text;
  std::string mend;  ///< a line of a configuration, or what to do; may be empty
};
[[nodiscard]] std::string to_string(Finding::Weight weight);

/// A recipe to begin with.
struct Suggestion {
  struct Column {
    std::string name;
    std::string what;  ///< steps; empty where the column is left out or is to be a category
    std::string reason;
  };
  std::vector<Column> ignored;
  std::vector<Column> steps;
  std::vector<Column> categories;  ///< whole numbers that may be codes: for people to decide
};

struct CheckResult {
  std::uint64_t rows = 0;
  std::uint64_t min_group = 1;       ///< in effect, see model::min_group_of()
  std::vector<ColumnFacts> columns;  ///< in the order of the table
  std::optional<features::IdFaults> ids;
  std::uint64_t doubled_rows = 0;      ///< rows that equal another in all columns but the id
  std::uint64_t doubled_contents = 0;  ///< different ones among these
  std::vector<std::vector<std::string>> missing_together;  ///< columns missing in the same rows
  std::vector<Correlation> correlations;                   ///< the strongest first
  std::uint64_t correlated_columns = 0;                    ///< that were looked at
  std::uint64_t columns_not_correlated = 0;                ///< that were too many for it
  std::vector<Finding> findings;                           ///< those of most weight first
  Suggestion suggestion;
};

/// Numeric columns whose correlations are looked at, the first ones.
inline constexpr std::size_t kMostCorrelated = 64;
/// Values of a label, at most, for columns to be held against it.
inline constexpr std::size_t kMostLabels = 100;

/// Collective. Looks at all rows, in two passes: one column after the other, then the numeric
/// columns side by side, for their correlations. Everything but estimated counts of distinct values
/// is exact, and all of it is the same at any number of ranks. A rank holds 8 bytes per row of its
/// share for each column that is read at once, and 20 bytes more. Throws kBadData if a column that
/// the options name does not exist, if a weight is none, or if the table has no rows. What is
/// said of columns is of rows, whatever they weigh.
[[nodiscard]] CheckResult check_table(const comm::Communicator& comm, const table::Table& table,
                                      const CheckOptions& options, Observer& observer);

/// Collective. Bytes that a rank needs, about. Throws kUnfit if no node has so much.
[[nodiscard]] std::uint64_t plan_check(const comm::Communicator& comm, const table::Table& table,
                                       const CheckOptions& options);

}  // namespace tessera::pipeline
