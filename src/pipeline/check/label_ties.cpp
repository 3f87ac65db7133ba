#include "pipeline/check/label_ties.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tessera::pipeline {

LabelTies ties_of(std::span<const std::int64_t> rows, std::size_t labels) {
  std::vector<std::int64_t> of_label(labels);
  std::vector<std::size_t> values_of_label(labels);
  std::int64_t all = 0;
  std::int64_t agreeing = 0;
  bool decides = true;
  for (std::size_t at = 0; at < rows.size(); at += labels) {
    const auto of_value = rows.subspan(at, labels);
    std::int64_t most = 0;
    std::size_t different = 0;
    for (std::size_t label = 0; label < labels; ++label) {
      of_label[label] += of_value[label];
      all += of_value[label];
      most = std::max(most, of_value[label]);
      different += of_value[label] > 0 ? 1U : 0U;
      values_of_label[label] += of_value[label] > 0 ? 1U : 0U;
    }
    agreeing += most;
    decides = decides && different <= 1;
  }
  const auto seen = std::ranges::count_if(of_label, [](std::int64_t count) { return count > 0; });
  if (seen < 2) {
    return {};
  }
  const auto share = [&](std::int64_t part) {
    return static_cast<double>(part) / static_cast<double>(all);
  };
  return {.decides = decides,
          .is_decided =
              std::ranges::all_of(values_of_label, [](std::size_t count) { return count <= 1; }),
          .agreement = share(agreeing),
          .base = share(*std::ranges::max_element(of_label))};
}

void FirstPass::tie_ranges(CheckedColumn& column, std::span<const double> values) {
  if (label_levels_ < 2 || std::ranges::any_of(label_counts_, [](std::int64_t count) {
        return count > 0 && count < static_cast<std::int64_t>(kRowsPerLevel);
      })) {
    return;
  }
  std::vector<double> least(label_levels_, std::numeric_limits<double>::infinity());
  std::vector<double> greatest(label_levels_, -std::numeric_limits<double>::infinity());
  comm_.together([&] {
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (labels_[row] >= 0 && !std::isnan(values[row])) {
        const auto label = static_cast<std::size_t>(labels_[row]);
        least[label] = std::min(least[label], values[row]);
        greatest[label] = std::max(greatest[label], values[row]);
      }
    }
  });
  comm_.all_reduce(std::span(least), comm::Op::kMin);
  comm_.all_reduce(std::span(greatest), comm::Op::kMax);
  std::vector<std::size_t> order;
  for (std::size_t label = 0; label < label_levels_; ++label) {
    if (least[label] <= greatest[label]) {
      order.push_back(label);
    }
  }
  std::ranges::sort(order, {}, [&](std::size_t label) { return least[label]; });
  column.label.decides = order.size() > 1;
  for (std::size_t i = 1; i < order.size(); ++i) {
    column.label.decides = column.label.decides && greatest[order[i - 1]] < least[order[i]];
  }
}

}  // namespace tessera::pipeline
