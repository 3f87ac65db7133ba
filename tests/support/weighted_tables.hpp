// Tables whose rows weigh differently, and the same with each row as often as it weighs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "support/memory_table.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::test {

/// Customers of four groups, with ids, missing values, two categories and known groups.
struct WeightedCustomers {
  std::vector<std::string> ids;
  std::vector<double> spend;
  std::vector<double> visits;
  std::vector<double> age;
  std::vector<std::int32_t> plan;
  std::vector<std::int32_t> town;
  std::vector<std::string> group;
  std::vector<double> weights;

  /// Whole weights from `least` to `most`.
  WeightedCustomers(std::uint64_t rows, std::uint64_t least, std::uint64_t most,
                    std::uint64_t seed = 1) {
    const numeric::Random random(seed, 1000);
    for (std::uint64_t row = 0; row < rows; ++row) {
      const std::uint64_t of = random.below(4, row, 0);
      const auto uniform = [&](std::uint32_t draw) { return random.uniform(row, draw); };
      const bool missing = random.below(12, row, 1) == 0;
      ids.push_back("customer " + std::to_string(row));
      spend.push_back(std::exp(static_cast<double>(of) + uniform(2)) * 10);
      visits.push_back(std::floor(10 * static_cast<double>(of % 2) + 6 * uniform(3)));
      age.push_back(missing ? MemoryTable::kMissing : 20 + 60 * uniform(4) * uniform(5));
      plan.push_back(uniform(6) < 0.8 ? static_cast<std::int32_t>(of % 3) : -1);
      town.push_back(static_cast<std::int32_t>(random.below(40, row, 7) * random.below(2, row, 8)));
      group.push_back("g" + std::to_string(of));
      weights.push_back(static_cast<double>(least + random.below(most - least + 1, row, 9)));
    }
  }

  class Table;
  /// The rows that `order` names, in its order; with their weights, if `weighted`.
  [[nodiscard]] Table table(const std::vector<std::size_t>& order, bool weighted) const;
  [[nodiscard]] std::vector<std::size_t> order(std::uint64_t seed) const {
    std::vector<std::size_t> rows(ids.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return shuffled(std::move(rows), seed);
  }
  [[nodiscard]] Table weighted(std::uint64_t seed = 0) const;
  /// Each row as often as it weighs, in an order of its own.
  [[nodiscard]] Table repeated(std::uint64_t seed = 5) const;

 private:
  /// As they are with seed 0.
  static std::vector<std::size_t> shuffled(std::vector<std::size_t> rows, std::uint64_t seed) {
    const numeric::Random random(seed, 1001);
    for (std::uint64_t i = rows.size(); i > 1 && seed > 0; --i) {
      std::swap(rows[i - 1], rows[random.below(i, i, 0)]);
    }
    return rows;
  }
};

class WeightedCustomers::Table : public MemoryTable {
 public:
  Table(const WeightedCustomers& all, const std::vector<std::size_t>& order, bool weighted)
      : MemoryTable(order.size()) {
    const auto pick = [&](const auto& values) {
      std::decay_t<decltype(values)> picked;
      for (const std::size_t row : order) {
        picked.push_back(values[row]);
      }
      return picked;
    };
    std::vector<std::string> towns;
    towns.reserve(40);
    for (int i = 0; i < 40; ++i) {
      towns.push_back("t" + std::to_string(100 + i));
    }
    add_text("id", pick(all.ids));
    add_numbers("spend", pick(all.spend));
    add_numbers("visits", pick(all.visits));
    add_numbers("age", pick(all.age));
    add_category("plan", {"basic", "gold", "plus"}, pick(all.plan));
    add_category("town", towns, pick(all.town));
    add_text("group", pick(all.group));
    if (weighted) {
      add_numbers("w", pick(all.weights));
    }
  }
};

inline WeightedCustomers::Table WeightedCustomers::table(const std::vector<std::size_t>& order,
                                                         bool weighted) const {
  return {*this, order, weighted};
}

inline WeightedCustomers::Table WeightedCustomers::weighted(std::uint64_t seed) const {
  return table(order(seed), true);
}

inline WeightedCustomers::Table WeightedCustomers::repeated(std::uint64_t seed) const {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    rows.insert(rows.end(), static_cast<std::size_t>(weights[row]), row);
  }
  return table(shuffled(std::move(rows), seed), false);
}

}  // namespace tessera::test
