#include "features/most_frequent.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::features {

std::optional<double> most_frequent(const comm::Communicator& comm,
                                    std::span<const double> values,
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

}  // namespace tessera::features
