#include "report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/model/small_groups.hpp"

namespace tessera::report {
namespace {

Trait number_trait(const model::NumericProfile& column, std::size_t segment) {
  const double mean = column.means[segment];
  if (!(column.deviation > 0) || std::isnan(mean)) {
    return {};
  }
  return {(mean - column.mean) / column.deviation,
          visible_format("{} {} ({})", column.column, number_text(mean), number_text(column.mean))};
}

Trait level_trait(const model::CategoryProfile& column, std::size_t segment) {
  const std::size_t levels = column.levels.size();
  const std::size_t segments = column.missing.size();
  // what is hidden is little, and counts for nothing
  const auto shown = [&](std::size_t at) {
    return column.counts[at] == model::kHidden ? 0 : column.weight(at);
  };
  const auto sum = [&](std::size_t s) {
    double total = 0;
    for (std::size_t level = 0; level < levels; ++level) {
      total += shown(s * levels + level);
    }
    return total;
  };
  const double in_segment = sum(segment);
  double in_all = 0;
  for (std::size_t s = 0; s < segments; ++s) {
    in_all += sum(s);
  }
  Trait best;
  for (std::size_t level = 0; level < levels; ++level) {
    if (column.counts[segment * levels + level] == model::kHidden) {
      continue;
    }
    double with_level = 0;
    for (std::size_t s = 0; s < segments; ++s) {
      with_level += shown(s * levels + level);
    }
    const double all = with_level / in_all;
    const double here = column.weight(segment * levels + level) / in_segment;
    const double strength = (here - all) / std::sqrt(all * (1 - all));
    if (std::isfinite(strength) && std::fabs(strength) > std::fabs(best.strength)) {
      best = {strength, visible_format("{} = {} {:.0f} % ({:.0f} %)", column.column,
                                       column.levels[level], 100 * here, 100 * all)};
    }
  }
  return best;
}

}  // namespace

std::vector<Trait> traits(const model::Model& model, std::size_t segment, double least) {
  std::vector<Trait> found;
  const auto keep = [&](Trait trait) {
    if (std::fabs(trait.strength) >= least) {
      found.push_back(std::move(trait));
    }
  };
  for (const model::NumericProfile& column : model.profile.numeric) {
    keep(number_trait(column, segment));
  }
  for (const model::CategoryProfile& column : model.profile.categories) {
    keep(level_trait(column, segment));
  }
  std::ranges::stable_sort(found, [](const Trait& a, const Trait& b) {
    return std::fabs(a.strength) > std::fabs(b.strength);
  });
  return found;
}

std::string segment_table(const model::Model& model, std::size_t most) {
  const bool weighted = !model.weights().empty();
  const std::vector<double> weights =
      weighted ? std::vector<double>(model.weights().begin(), model.weights().end())
               : std::vector<double>(model.sizes().begin(), model.sizes().end());
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::string text = fmt::format("{:>7}  {:>13}  {}{:>7}  {}\n", "segment", "customers",
                                 weighted ? fmt::format("{:>11}  ", "weight") : "", "share",
                                 "what sets it apart (all customers in brackets)");
  for (std::size_t segment = 0; segment < model.segments(); ++segment) {
    std::string words;
    std::vector<Trait> found = traits(model, segment);
    found.resize(std::min(found.size(), most));
    for (const Trait& trait : found) {
      words += (words.empty() ? "" : "; ") + trait.text;
    }
    const std::uint64_t least = model.training.min_group;
    if (model.sizes()[segment] < least) {
      words = fmt::format("not told of fewer than {}", least);
    }
    text += fmt::format(
        "{:>7}  {:>13}  {}{:>5.1f} %  {}\n", segment + 1, grouped(model.sizes()[segment]),
        weighted ? fmt::format("{:>11}  ", number_text(weights[segment])) : "",
        100 * weights[segment] / all, words.empty() ? "close to the average in everything" : words);
  }
  return text;
}

std::string number_text(double value) {
  if (!std::isfinite(value)) {
    return "-";
  }
  if (std::fabs(value) >= 1000 && std::fabs(value) < 1e15) {
    return fmt::format("{}{}", value < 0 ? "-" : "",
                       grouped(static_cast<std::uint64_t>(std::llround(std::fabs(value)))));
  }
  return fmt::format("{:.4g}", value);
}

bool is_split(const model::Model& model) { return model.segmentation->method() == "bisecting"; }

std::string end_text(const model::Model& model) {
  const bool converged = model.training.converged;
  if (is_split(model)) {
    return converged ? "every split converged" : "not every split converged";
  }
  return converged ? "converged" : "not converged";
}

}  // namespace tessera::report
