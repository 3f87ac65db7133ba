#include "features/most_frequent.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "tessera/numeric/order_statistic.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

std::optional<double> most_frequent(const comm::Communicator& comm, std::span<const double> values,
                                    std::span<const numeric::Mass> masses) {
  std::map<double, numeric::Int128> mine;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const numeric::Mass mass = masses.empty() ? 1 : masses[i];
    if (!std::isnan(values[i]) && mass > 0 && mine.size() <= table::kMaxLevels) {
      mine[values[i]] += mass;
    }
  }
  std::vector<double> found;
  found.reserve(mine.size());
  for (const auto& [value, count] : mine) {
    found.push_back(value);
  }
  found = comm.all_gather(found);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.empty() || found.size() > table::kMaxLevels) {
    return std::nullopt;
  }
  std::vector<numeric::Int128> counts(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto at = mine.find(found[i]);
    counts[i] = at == mine.end() ? 0 : at->second;
  }
  numeric::all_sum(comm, counts);
  return found[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

bool has_two_values(const comm::Communicator& comm, std::span<const double> values,
                    const numeric::Extremes& range, const RowMasses& masses) {
  bool mine = true;
  for (std::size_t i = 0; i < values.size() && mine; ++i) {
    mine = values[i] == range.least || values[i] == range.greatest || std::isnan(values[i]) ||
           (!masses.none() && masses.mine[i] == 0);
  }
  return comm.all_min(mine ? 1.0 : 0.0) > 0;
}

double share_of_most_frequent(const comm::Communicator& comm, std::span<const double> values,
                              std::uint64_t known, const RowMasses& masses) {
  if (!masses.none()) {
    numeric::Int128 mass = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      mass += std::isnan(values[i]) ? 0 : masses.mine[i];
    }
    const numeric::Int128 all = numeric::all_sum(comm, mass);
    const double middle = numeric::quantile(comm, values, masses.mine, all, 0.5);
    numeric::Int128 at_middle = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      at_middle += values[i] == middle ? masses.mine[i] : 0;
    }
    return static_cast<double>(numeric::all_sum(comm, at_middle)) / static_cast<double>(all);
  }
  const double middle = numeric::order_statistic(comm, values, known, known / 2);
  const auto mine = static_cast<std::uint64_t>(std::ranges::count(values, middle));
  return static_cast<double>(comm.all_sum(mine)) / static_cast<double>(known);
}

}  // namespace tessera::features
