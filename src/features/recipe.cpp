#include "tessera/features/recipe.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cmath>

#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

/// The index of a level among sorted ones, or kNoLevel.
std::uint16_t index_of(std::string_view level, std::span<const std::string> levels) {
  const auto at =
      std::ranges::lower_bound(levels, level, std::ranges::less(),
                               [](const std::string& text) { return std::string_view(text); });
  return at != levels.end() && *at == level ? static_cast<std::uint16_t>(at - levels.begin())
                                            : kNoLevel;
}

}  // namespace

const FittedStep* NumericFeature::find(std::string_view name) const {
  const auto at =
      std::ranges::find(steps, name, [](const FittedStep& step) { return step.kind->name(); });
  return at == steps.end() ? nullptr : &*at;
}

const FittedStep* NumericFeature::encoder() const {
  return steps.front().kind->place() == Place::kEncode ? &steps.front() : nullptr;
}

const FittedStep& NumericFeature::scale() const {
  return *std::ranges::find(steps, Place::kScale,
                            [](const FittedStep& step) { return step.kind->place(); });
}

float NumericFeature::prepare(double raw) const {
  for (const FittedStep& step : steps) {
    step.kind->forward(step.numbers, {&raw, 1});
  }
  return static_cast<float>(raw);
}

double NumericFeature::restore(double prepared) const {
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    prepared = step->kind->back(step->numbers, prepared);
  }
  return prepared;
}

std::string NumericFeature::refuses(double raw) const {
  if (std::isinf(raw)) {
    return fmt::format("{} is not a finite number; correct it, or leave the column out", raw);
  }
  double value = raw;
  for (const FittedStep& step : steps) {
    if (const std::string reason = step.kind->refuses(value); !reason.empty()) {
      return fmt::format("{}; correct it, or leave the step {} out", reason, step.kind->name());
    }
    step.kind->forward(step.numbers, {&value, 1});
  }
  const bool prepared = !steps.empty() && steps.back().kind->place() >= Place::kScale;
  if (prepared && !(std::fabs(static_cast<float>(value)) <= kLargestPrepared)) {
    return fmt::format(
        "{} is too large to be prepared in single precision; correct it, or take the logarithm of "
        "the column (log1p)",
        raw);
  }
  return {};
}

std::uint64_t bucket_of(std::string_view level, std::uint32_t buckets) {
  return XXH64(level.data(), level.size(), 0) % buckets;
}

std::string bucket_name(std::uint64_t bucket, std::uint32_t buckets) {
  return fmt::format("#{:0{}}", bucket, fmt::formatted_size("{}", buckets - 1));
}

std::uint16_t CategoryFeature::code_of(std::string_view level) const {
  const std::uint16_t code =
      buckets == 0 ? index_of(level, levels)
                   : index_of(bucket_name(bucket_of(level, buckets), buckets), levels);
  return code == kNoLevel ? other_code() : code;
}

std::uint16_t CategoryFeature::other_code() const { return index_of(kOtherLevel, levels); }

Space Recipe::space() const {
  Space space;
  space.numeric = components.none() ? numeric.size() : components.count();
  for (const CategoryFeature& feature : categories) {
    space.levels.push_back(feature.levels.size());
    space.level_values.push_back(static_cast<float>(feature.factor));
  }
  if (std::ranges::all_of(space.level_values, [](float value) { return value == 1; })) {
    space.level_values.clear();
  }
  return space;
}

const DerivedColumn* Recipe::derivation(std::string_view column) const {
  const auto at = std::ranges::find(derived, column, &DerivedColumn::name);
  return at == derived.end() ? nullptr : &*at;
}

std::vector<float> Recipe::point_of(std::span<const double> raw) const {
  std::vector<float> prepared;
  for (std::size_t j = 0; j < numeric.size(); ++j) {
    prepared.push_back(numeric[j].prepare(raw[j]));
  }
  return components.none() ? prepared : components.point(prepared);
}

std::vector<double> Recipe::restore(std::span<const float> point) const {
  std::vector<double> values = components.none() ? std::vector<double>(point.begin(), point.end())
                                                 : components.prepared(point);
  for (std::size_t j = 0; j < numeric.size(); ++j) {
    values[j] = numeric[j].restore(values[j]);
  }
  return values;
}

void Recipe::prepare(const RawRow& row, std::uint64_t at, FeatureRows& rows,
                     PreparedCounts& counts) const {
  for (std::size_t j = 0; j < numeric.size(); ++j) {
    const double raw = row.numbers[j];
    if (const std::string reason = numeric[j].refuses(raw); !reason.empty()) {
      fail(ExitCode::kBadData, "column \"{}\": {}", numeric[j].column, reason);
    }
    counts.imputed += std::isnan(raw) ? 1U : 0U;
  }
  const std::vector<float> point = point_of(row.numbers);
  for (std::size_t j = 0; j < point.size(); ++j) {
    rows.set_number(at, j, point[j]);
  }
  for (std::size_t c = 0; c < categories.size(); ++c) {
    const std::string_view level = row.categories[c];
    const std::uint16_t code = level.empty() ? static_cast<std::uint16_t>(categories[c].impute)
                                             : categories[c].code_of(level);
    rows.set_code(at, c, code);
    counts.imputed += level.empty() ? 1U : 0U;
    counts.unseen += code == kNoLevel ? 1U : 0U;
  }
}

}  // namespace tessera::features
