/// \file
/// Steps: what is done to the values of a column on their way to a feature.
///
/// A chain of steps stands for a column, `impute median, log1p, standard`. Each kind of step is one
/// file in src/features/steps and one line in the list there (steps.cpp). Kinds have no state: what
/// was fitted is a FittedStep, a plain value that a model keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/features/steps/encoding.hpp"
#include "tessera/features/steps/power.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::features {

struct CategoryFeature;
struct FittedStep;

/// What a numeric step must know of its column's values, as the steps before it left them.
struct Needs {
  bool mean = false;
  bool deviation = false;         ///< population standard deviation; comes with the mean
  std::vector<double> quantiles;  ///< shares in [0, 1]
  /// Asks of the values that are not missing only; else a missing one counts as what it is imputed
  /// with.
  bool of_known = false;
  /// Whether anything is asked at all. The extremes are always told.
  bool facts = false;
  Power power = Power::kNone;  ///< the lambda of which is asked for
  bool most_frequent = false;  ///< of the known values
};

/// The answers, over the rows of all ranks: exact, and the same on any number of ranks.
struct Facts {
  std::uint64_t count = 0;
  numeric::Extremes range;
  double mean = 0;
  double deviation = 0;           ///< infinite where the squares do not fit a double
  std::vector<double> quantiles;  ///< as asked, with linear interpolation as numpy's default
  double lambda = 1;
  std::optional<double> most_frequent;  ///< the least of several; none of too many different ones
};

/// The levels of a category column that occur, sorted by bytes, how many rows have each, and what
/// these weigh: as many as they are, if rows have no weights.
struct LevelFacts {
  std::span<const std::string> levels;
  std::span<const std::int64_t> counts;
  std::span<const double> weights;
};

/// What fitting a numeric step came to.
struct Fitting {
  std::vector<double> numbers;  ///< one for each of StepKind::numbers()
  std::string reason;           ///< why the column cannot be a feature; empty if it can
};

/// Where in a chain a step may stand: each place is behind the one above it.
enum class Place {
  kEncode,  ///< first, of a category: numbers in place of its levels; then as for a number
  kImpute,  ///< first, once; other numeric steps pass missing values on
  kChange,  ///< any number, each kind once
  kScale,   ///< once: to a range that can be compared
  kCode,    ///< once, of a category: dimensions in place of its levels
  kWeight,  ///< last, once: how much the feature counts beside others
};

class StepKind {
 public:
  StepKind() = default;
  StepKind(const StepKind&) = delete;
  StepKind& operator=(const StepKind&) = delete;
  virtual ~StepKind() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;   ///< "clip"
  [[nodiscard]] virtual std::string_view usage() const = 0;  ///< "clip LOW:HIGH", for people
  [[nodiscard]] virtual Place place() const = 0;
  [[nodiscard]] virtual bool is_for_numbers() const { return true; }
  [[nodiscard]] virtual bool is_for_categories() const { return false; }

  /// What is expected in place of an argument that cannot be; empty if it can. The argument is what
  /// follows the name in a chain.
  [[nodiscard]] virtual std::string refuses_argument(std::string_view argument,
                                                     bool is_category) const;

  /// Names of the fitted numbers, in their order in the model file; how many there are may depend
  /// on the argument.
  [[nodiscard]] virtual std::vector<std::string> numbers(std::string_view /*argument*/) const {
    return {};
  }
  /// Whether numbers that a file claims to be fitted ones can be so. All of them are finite.
  [[nodiscard]] virtual bool accepts(std::span<const double> /*fitted*/) const { return true; }

  [[nodiscard]] virtual Needs needs(std::string_view /*argument*/) const { return {}; }
  [[nodiscard]] virtual Fitting fit(std::string_view /*argument*/, const Facts& /*facts*/) const {
    return {};
  }
  /// What the customers of a level must weigh, of whom those that have any weigh `known`, for it
  /// not to be taken as kOtherLevel; a customer weighs 1 unless said otherwise.
  [[nodiscard]] virtual double least_customers(std::string_view /*argument*/,
                                               double /*known*/) const {
    return 0;
  }
  /// Fits a step of a category; returns as Fitting::reason.
  [[nodiscard]] virtual std::string fit_levels(std::string_view /*argument*/,
                                               const LevelFacts& /*facts*/,
                                               CategoryFeature& /*feature*/) const {
    return {};
  }

  /// How many buckets it hashes levels into; 0 if it does not.
  [[nodiscard]] virtual std::uint32_t buckets(std::string_view /*argument*/) const { return 0; }
  /// Whether it asks for a feature of its own that tells where values are missing.
  [[nodiscard]] virtual bool indicates(std::string_view /*argument*/) const { return false; }

  /// Maps values in place. Only a step that imputes changes NaN.
  virtual void forward(std::span<const double> /*fitted*/, std::span<double> /*values*/) const {}
  /// The value before the step, of one behind it.
  [[nodiscard]] virtual double back(std::span<const double> /*fitted*/, double value) const {
    return value;
  }
  /// Why the step is not defined for a value; empty if it is.
  [[nodiscard]] virtual std::string refuses(double /*value*/) const { return {}; }

  /// Of a step that encodes: fits it to the levels, of which those of fewer than `min_group`
  /// customers are not to be told of. Throws kBadData, without the column, where a level cannot be.
  [[nodiscard]] virtual FittedStep encode(std::string_view argument, const LevelFacts& facts,
                                          std::uint64_t min_group) const;
  /// What it fitted.
  [[nodiscard]] virtual Encoding encoding(const FittedStep& step) const;

  /// "clipped to 3 ... 70", for people.
  [[nodiscard]] virtual std::string describe(std::span<const double> fitted) const;
  /// Likewise, of a step whose argument tells more than its numbers.
  [[nodiscard]] virtual std::string describe_fitted(const FittedStep& step) const;
};

/// A step as it is asked for.
struct StepSpec {
  const StepKind* kind = nullptr;
  std::string argument;
  [[nodiscard]] std::string text() const;
  bool operator==(const StepSpec&) const = default;
};
using Chain = std::vector<StepSpec>;

/// A step of a numeric feature as it was fitted.
struct FittedStep {
  const StepKind* kind = nullptr;
  std::string argument;         ///< as it was asked for
  std::vector<double> numbers;  ///< see StepKind::numbers()
  bool operator==(const FittedStep&) const = default;
};

/// All kinds, in the order in which they are listed to people.
[[nodiscard]] std::span<const StepKind* const> step_kinds();

/// The kind of that name, or null.
[[nodiscard]] const StepKind* find_step_kind(std::string_view name);

/// Those of a place, for people: "standard, minmax, none".
[[nodiscard]] std::string names_of_steps(Place place);

/// Whether a category's chain makes a number of it.
[[nodiscard]] inline bool encodes(const Chain& chain) {
  return !chain.empty() && chain.front().kind->place() == Place::kEncode;
}

/// How many buckets a category's chain hashes levels into; 0 if it does not.
[[nodiscard]] std::uint32_t buckets_of(const Chain& chain);
/// Whether one of its steps asks for a feature that tells where values are missing.
[[nodiscard]] bool indicates(const Chain& chain);

/// Reads `impute median, clip 0.01:0.99, log1p, standard`. Where no step imputes, the median (most
/// frequent level) does; where none scales (codes), the column keeps its unit ("none"; one-hot).
/// Throws kUsage where the text is no chain for a column of that type, saying which step is wrong
/// and what is expected.
[[nodiscard]] Chain parse_chain(std::string_view text, bool is_category);

[[nodiscard]] std::string to_text(const Chain& chain);

}  // namespace tessera::features
