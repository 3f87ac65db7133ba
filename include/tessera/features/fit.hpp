/// \file
/// Fitting a Recipe to a table, all ranks together, and preparing each rank's shard on the way.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::features {

enum class Scale {
  kStandard,  ///< divide by the population standard deviation
  kNone,      ///< keep the columns' own units
};

}  // namespace tessera::features

template <>
struct tessera::Choices<tessera::features::Scale> {
  using Scale = features::Scale;
  static constexpr auto all =
      std::to_array<Choice<Scale>>({{Scale::kStandard, "standard"}, {Scale::kNone, "none"}});
};

namespace tessera::features {

struct FitOptions {
  std::string id;                     ///< identifies customers; never a feature
  std::vector<std::string> features;  ///< empty: every number and category column that is left
  std::vector<std::string> ignore;    ///< never features
  std::vector<std::string> log1p;     ///< numeric features to take ln(1 + x) of
  Scale scale = Scale::kStandard;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.id,
          Field{.name = "id", .value = "COLUMN", .help = "identifies customers; not a feature"});
    visit(self.features, Field{.name = "features",
                               .value = "A,B,...",
                               .help = "columns to segment by; all numbers and categories if "
                                       "empty"});
    visit(self.ignore, Field{.name = "ignore", .value = "A,B,...", .help = "columns to leave out"});
    visit(
        self.log1p,
        Field{.name = "log1p", .value = "A,B,...", .help = "numeric columns to take ln(1 + x) of"});
    visit(self.scale, Field{.name = "scale",
                            .value = "HOW",
                            .help = "standard: divide numbers by their standard deviation; none"});
  }
};

/// A column that was not taken, and why, for people.
struct LeftOut {
  std::string column;
  std::string reason;
};

/// The columns of a table that are to become features, by index, and those left out so far.
struct Selection {
  std::vector<std::size_t> numeric;
  std::vector<std::size_t> categories;
  std::vector<LeftOut> left_out;
};

/// What fit() starts with, judged by names and types alone. Not collective. Throws kBadData or
/// kUsage as fit() does.
[[nodiscard]] Selection select_columns(const table::Table& table, const FitOptions& options);

/// A numeric column's own values, of all ranks and without the missing ones.
struct RawValues {
  numeric::Extremes range;
  double mean = 0;
  double deviation = 0;  ///< population standard deviation; infinite if it does not fit a double
};

struct Fitted {
  Recipe recipe;
  std::vector<RawValues> raw;  ///< of each numeric feature
  FeatureRows rows;            ///< this rank's share of the table, see comm::share_of
  PreparedCounts counts;       ///< of all ranks
  std::vector<LeftOut> left_out;
};

/// Called with the name of the column at work and how many of how many are done.
using FitProgress = std::function<void(std::string_view, std::size_t, std::size_t)>;

/// Collective. Means, standard deviations, medians and most frequent levels are exact over all rows
/// and the same at any number of ranks. Columns are read once, one after the other: beside the
/// prepared rows a rank holds one raw column (8 bytes per row of its share; eight of a table stored
/// by rows), and those of its values that share the leading 16 bits of the median.
///
/// A column that cannot be a feature (text, all values missing, a single value) is left out when it
/// was taken by default and an error when `features` names it. Throws kBadData with column, row and
/// value where a number is infinite or outside a transformation's domain, where a named column does
/// not exist, and where nothing is left.
[[nodiscard]] Fitted fit(const comm::Communicator& comm, const table::Table& table,
                         const FitOptions& options, const FitProgress& progress = {});

}  // namespace tessera::features
