/// \file
/// Fitting a Recipe to a table, all ranks together, and preparing each rank's shard on the way.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/base/progress.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/features/retyped_table.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// Steps of columns of their own, in place of the usual ones, or what such columns weigh, or both.
struct ColumnSteps {
  std::string selector;     ///< a column; `numeric`, `category`, `date`; a pattern with * and ?
  std::string steps;        ///< see parse_chain(); empty: nothing is said of them
  bool by_name = false;     ///< `selector` is one column's name, whatever it looks like
  std::string where;        ///< of this, for messages: "nightly.ini: [column age]"
  std::string weight = {};  ///< the argument of a last step `weight`; empty: nothing is said of it
  std::string take = {};    ///< see parse_takes(); empty: nothing is said of it
};

/// A feature of its own: a column divided by another.
struct Ratio {
  std::string name;
  std::string of;     ///< "A / B"
  std::string where;  ///< of this, for messages
};

/// "last step of numeric columns: standard, none"
[[nodiscard]] std::string_view scale_help();

/// The column of weights, of every job that takes one.
inline constexpr Field kWeightField{
    .name = "weight",
    .value = "COLUMN",
    .help = "what each row weighs: 2 counts as two rows, 0 as none; not a feature"};

struct FitOptions {
  std::string id;                     ///< identifies customers; never a feature
  std::vector<std::string> features;  ///< empty: every number and category column that is left
  std::vector<std::string> ignore;    ///< never features
  std::string weight;                 ///< of what each row weighs; never a feature
  std::vector<std::string> log1p;     ///< numeric features to take ln(1 + x) of
  std::string scale = "standard";     ///< the last step of numeric features: see Place::kScale
  std::string clip;                   ///< LOW:HIGH, quantiles that numeric features are clipped to
  std::vector<std::string> columns_as;  ///< NAME=number, category, text, date or date:FORMAT
  /// More specific ones win: name, pattern, type; for steps and weights each.
  std::vector<ColumnSteps> columns;
  std::vector<Ratio> ratios;
  /// Features are left out of which one value stands in so large a share of the rows that have any,
  /// or more; above 0.5. 0: none are, but those of a single value.
  double drop_constant = 0;
  /// Of two numeric features whose prepared values are correlated more than that, either way, the
  /// second is left out. 0: none are.
  double drop_correlated = 0;
  /// See parse_components(): the numeric features are replaced by principal components of them.
  std::string pca;
  /// Levels that fewer customers have are taken together, as kOtherLevel.
  std::uint64_t min_group = 1;

  /// All that is about columns.
  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.id,
          Field{.name = "id", .value = "COLUMN", .help = "identifies customers; not a feature"});
    visit(self.features, Field{.name = "features",
                               .value = "A,B,...",
                               .help = "columns to segment by; all numbers and categories if "
                                       "empty"});
    visit(self.ignore, Field{.name = "ignore", .value = "A,B,...", .help = "columns to leave out"});
    visit(self.weight, kWeightField);
    visit(
        self.log1p,
        Field{.name = "log1p", .value = "A,B,...", .help = "numeric columns to take ln(1 + x) of"});
    visit(self.columns_as, Field{.name = "columns_as",
                                 .value = "A=TYPE,...",
                                 .help = "columns taken as number, category, text, date or "
                                         "date:FORMAT in place of what their values suggest"});
    visit(self.clip,
          Field{.name = "clip",
                .value = "LOW:HIGH",
                .help = "quantiles that numeric columns are clipped to, such as 0.01:0.99"});
    visit(self.scale, Field{.name = "scale", .value = "HOW", .help = scale_help()});
    visit(self.drop_constant,
          Field{.name = "drop_constant",
                .value = "SHARE",
                .help = "leave out columns with one value in this share of their rows, above 0.5, "
                        "or more; 0: none",
                .least = 0,
                .most = 1});
    visit(self.drop_correlated,
          Field{.name = "drop_correlated",
                .value = "R",
                .help = "leave out the later of two numeric columns with a correlation above R, or "
                        "below -R; 0: none",
                .least = 0,
                .most = 1});
    visit(self.pca, Field{.name = "pca",
                          .value = "N|SHARE",
                          .help = "replace the numeric columns by N principal components, or by as "
                                  "many as explain a share of their variance"});
  }
};

/// Throws kUsage about the field whose value cannot be, whatever the table.
void check(const FitOptions& options);

/// A column that was not taken, and why, for people.
struct LeftOut {
  std::string column;
  std::string reason;
  std::string take_in = {};  ///< what among `columns_as` takes it in; empty if nothing does
};

/// The columns of a table that are to become features, by index, and those left out so far.
struct Selection {
  std::vector<std::size_t> numeric;
  std::vector<std::size_t> categories;
  std::vector<LeftOut> left_out;
};

/// The table with the types that `columns_as` names, and the columns that the options make of its
/// own. It refers to `table`. Throws kBadData where a column cannot be taken as a number, or as
/// what another is made of; kConfig where one to be made has the name of one that there is.
[[nodiscard]] std::unique_ptr<RetypedTable> as_typed(const table::Table& table,
                                                     const FitOptions& options);

/// What fit() starts with, judged by names and types alone. Not collective; `table` is as_typed().
/// Throws kBadData or kUsage as fit() does.
[[nodiscard]] Selection select_columns(const RetypedTable& table, const FitOptions& options);

/// The steps of a column; among the usual ones that of `clip` if it `clips`. Throws kUsage where
/// options do not make a chain.
[[nodiscard]] Chain chain_of(const FitOptions& options, const std::string& column, bool is_category,
                             bool clips = true);

/// Whether the user said something of this very column: that it is a feature, its type or its
/// steps.
[[nodiscard]] bool is_said(const FitOptions& options, const std::string& column);
/// Whether a section has steps for the column.
[[nodiscard]] bool has_steps(const FitOptions& options, const std::string& column,
                             bool is_category);

/// A numeric column's own values, of all ranks and without the missing ones.
struct RawValues {
  numeric::Extremes range;
  double mean = 0;
  double deviation = 0;  ///< population standard deviation; infinite if it does not fit a double
};

struct Fitted {
  Recipe recipe;
  double weight = 0;               ///< what all rows weigh together
  std::uint64_t rows_counted = 0;  ///< rows of the table that weigh something
  std::vector<RawValues> raw;      ///< of each numeric feature
  FeatureRows rows;                ///< this rank's share of the table, see comm::share_of
  PreparedCounts counts;           ///< of all ranks
  std::vector<LeftOut> left_out;
  std::vector<std::string> two_valued;  ///< columns of numbers that were taken as categories
};

/// Collective. `table` is as it was opened.
///
/// Where `weight` names a column, each row counts as often as it weighs: whole weights give what
/// the table would in which each row stands as often, but that thresholds for rows (min_group,
/// whether a column is an id or has two values only) go by the rows that there are. Rows of weight
/// 0 count for nothing, and are prepared as the others.
///
/// What steps need to know of their columns is exact over all rows and the same at any
/// number of ranks. A column's steps are fitted in waves: those one after the other that ask about
/// the same values are answered together. Columns are read once, one after the other: beside the
/// prepared rows a rank holds one raw column (8 bytes per row of its share; two of a table stored
/// by rows, of which a few more wait in places of the rows that are not prepared yet), and those of
/// its values that surround a quantile, about one in twenty.
///
/// A whole-number column with two values, in 10 rows or more, is taken as a category, unless it has
/// steps or a type of its own; so is one that `columns_as` says to be one.
///
/// A column that is taken by default is left out if it looks like an id: it is named like one, or
/// its whole numbers differ in 95 of 100 rows and lie within a range of up to twice the rows.
///
/// A column that cannot be a feature (text, all values missing, a single value) is left out when it
/// was taken by default and an error when `features` names it. Throws kBadData with column, row and
/// value where a number is infinite or outside a step's domain, where a named column does not
/// exist, and where nothing is left.
[[nodiscard]] Fitted fit(const comm::Communicator& comm, const table::Table& table,
                         const FitOptions& options, Progress& progress = no_progress());

}  // namespace tessera::features
