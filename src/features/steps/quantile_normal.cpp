// quantile-normal: each value becomes that of a normal distribution below which as large a share
// lies, by N quantiles of the known values and straight lines between them; as scikit-learn's
// QuantileTransformer with output_distribution="normal". Of values that stand several times the
// share is the middle one; but the least and the greatest become -5.2 and 5.2.
#include <algorithm>
#include <cmath>
#include <optional>

#include "features/steps/list.hpp"
#include "features/steps/range_argument.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/normal.hpp"

namespace tessera::features {
namespace {

constexpr double kUsual = 100;
constexpr double kMost = 1000;
constexpr double kEdge = 1e-7;  // scikit-learn's BOUNDS_THRESHOLD

std::optional<std::size_t> parse(std::string_view argument) {
  const std::optional<double> count = argument.empty() ? kUsual : number_argument(argument);
  return count && *count >= 2 && *count <= kMost && *count == std::trunc(*count)
             ? std::optional(static_cast<std::size_t>(*count))
             : std::nullopt;
}

std::vector<double> shares(std::size_t count) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < count; ++i) {
    shares.push_back(static_cast<double>(i) / static_cast<double>(count - 1));
  }
  return shares;
}

/// The share of quantile `at` + 1 that lies a part of the way to it.
double between(double at, double part, std::size_t count) {
  return (at + part) / static_cast<double>(count - 1);
}

/// The share below x, which lies between the first and the last quantile; in the middle where x is
/// several of them.
double share_below(std::span<const double> quantiles, double x) {
  const auto [first, behind] = std::equal_range(quantiles.begin(), quantiles.end(), x);
  const auto place = [&](auto at) { return static_cast<double>(at - quantiles.begin()); };
  if (first != behind) {
    return between((place(first) + place(behind - 1)) / 2, 0, quantiles.size());
  }
  const double low = *(first - 1);
  return between(place(first - 1), (x - low) / (*first - low), quantiles.size());
}

class QuantileNormal final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "quantile-normal"; }
  [[nodiscard]] std::string_view usage() const override { return "quantile-normal [N]"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    return parse(argument) ? "" : "how many quantiles to go by, from 2 to 1000 (100 if none)";
  }
  [[nodiscard]] std::vector<std::string> numbers(std::string_view argument) const override {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < parse(argument).value_or(2); ++i) {
      names.push_back(fmt::format("quantile_{}", i));
    }
    return names;
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return std::ranges::is_sorted(fitted) && fitted.front() < fitted.back();
  }

  [[nodiscard]] Needs needs(std::string_view argument) const override {
    return {.quantiles = shares(parse(argument).value_or(2)), .of_known = true, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    Fitting fitting{facts.quantiles, ""};
    std::vector<double>& quantiles = fitting.numbers;
    for (std::size_t i = 1; i < quantiles.size(); ++i) {  // where rounding has left one below
      quantiles[i] = std::max(quantiles[i], quantiles[i - 1]);
    }
    if (!accepts(quantiles)) {
      fitting.reason =
          fmt::format("all its values are {}, which sets no customer apart", quantiles.front());
    }
    return fitting;
  }

  void forward(std::span<const double> fitted, std::span<double> values) const override {
    const double least = numeric::normal_quantile(kEdge);
    for (double& x : values) {
      if (x - kEdge < fitted.front()) {
        x = least;
      } else if (x + kEdge > fitted.back()) {
        x = -least;
      } else if (!std::isnan(x)) {
        x = std::clamp(numeric::normal_quantile(share_below(fitted, x)), least, -least);
      }
    }
  }
  [[nodiscard]] double back(std::span<const double> fitted, double value) const override {
    const auto last = static_cast<double>(fitted.size() - 1);
    const double at = numeric::normal_share(value) * last;
    const double below = std::clamp(std::floor(at), 0.0, last - 1);
    const auto i = static_cast<std::size_t>(below);
    return std::lerp(fitted[i], fitted[i + 1], std::clamp(at - below, 0.0, 1.0));
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("to a normal distribution by {} quantiles from {:.6g} to {:.6g}",
                       fitted.size(), fitted.front(), fitted.back());
  }
};

}  // namespace

const StepKind& quantile_normal_step() {
  static const QuantileNormal kind;
  return kind;
}

}  // namespace tessera::features
