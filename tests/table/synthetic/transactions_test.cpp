#include "tessera/table/synthetic/transactions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tessera/base/dates.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kRows = 30000;
constexpr std::uint64_t kPeople = 2000;

double day(int year, unsigned month, unsigned number) {
  return static_cast<double>(days_of({year, month, number}).value() * kSecondsPerDay);
}

struct Drawn {
  explicit Drawn(std::uint64_t seed = 5, std::size_t segments = 6) {
    const SyntheticTransactions table(seed, segments, kPeople, kRows);
    columns = table.columns();
    table.draw(0, kRows, rows);
  }
  [[nodiscard]] std::size_t index(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(columns, name, &Column::name) -
                                    columns.begin());
  }
  [[nodiscard]] const std::vector<std::string>& texts(const std::string& name) const {
    return rows.texts[index(name)];
  }
  [[nodiscard]] const std::vector<double>& numbers(const std::string& name) const {
    return rows.numbers[index(name)];
  }

  std::vector<Column> columns;
  SyntheticRows rows;
};

TEST(SyntheticTransactions, ARowDoesNotDependOnTheOthers) {
  const Drawn all;
  const SyntheticTransactions table(5, 6, kPeople, kRows);
  SyntheticRows some;
  table.draw(991, 20, some);
  for (std::size_t c = 0; c < all.columns.size(); ++c) {
    for (std::size_t i = 0; i < 20; ++i) {
      if (!some.texts[c].empty()) {
        EXPECT_EQ(some.texts[c][i], all.rows.texts[c][991 + i]);
      }
      if (!some.numbers[c].empty()) {
        EXPECT_EQ(some.numbers[c][i], all.rows.numbers[c][991 + i]);
      }
      if (!some.codes[c].empty()) {
        EXPECT_EQ(some.codes[c][i], all.rows.codes[c][991 + i]);
      }
    }
  }
}

// What makes their transactions worth grouping: who has them is known.
TEST(SyntheticTransactions, AreOfTheCustomersOfTheSameSeed) {
  const Drawn drawn;
  const SyntheticCustomers people(5, 6);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::string& id = drawn.texts("customer_id")[i];
    if (id.empty()) {
      continue;
    }
    const std::uint64_t row = std::stoull(id.substr(1)) - 1;
    ASSERT_LT(row, kPeople);
    EXPECT_EQ(drawn.numbers("segment")[i], static_cast<double>(people.segment_of(row) + 1));
    seen.insert(id);
  }
  EXPECT_GT(seen.size(), kPeople / 4);
}

TEST(SyntheticTransactions, AnInvoiceHasOneCustomerAndOneTime) {
  const Drawn drawn;
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto [at, is_new] = first.try_emplace(drawn.texts("invoice")[i], i);
    EXPECT_EQ(drawn.texts("customer_id")[i], drawn.texts("customer_id")[at->second]);
    EXPECT_EQ(drawn.numbers("date")[i], drawn.numbers("date")[at->second]);
  }
  EXPECT_EQ(first.size(), kRows / 5 * 2);
  EXPECT_TRUE(std::ranges::is_sorted(drawn.numbers("date")));
  EXPECT_LT(drawn.numbers("date").front(), day(2025, 1, 2));
  EXPECT_GT(drawn.numbers("date").back(), day(2025, 12, 30));
}

TEST(SyntheticTransactions, HaveReturnsGuestsAndPrices) {
  const Drawn drawn;
  std::size_t returns = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const double quantity = drawn.numbers("quantity")[i];
    const bool is_return = drawn.texts("invoice")[i].starts_with('R');
    EXPECT_EQ(quantity < 0, is_return);
    EXPECT_NE(quantity, 0);
    EXPECT_GE(drawn.numbers("unit_price")[i], 0.01);
    returns += is_return ? 1U : 0U;
  }
  EXPECT_GT(returns, kRows / 200);
  EXPECT_LT(returns, kRows / 10);
  // five standard deviations of a hundredth of 12,000 invoices are below 0.005
  EXPECT_NEAR(static_cast<double>(std::ranges::count(drawn.texts("customer_id"), "")) / kRows, 0.01,
              0.005);
}

TEST(SyntheticTransactions, SegmentsBuyAtTheirTimes) {
  const Drawn drawn(1, 40);
  std::map<double, std::pair<double, double>> times;
  for (std::size_t i = 0; i < kRows; ++i) {
    const double date = drawn.numbers("date")[i];
    auto& [first, last] = times.try_emplace(drawn.numbers("segment")[i], date, date).first->second;
    last = std::max(last, date);
  }
  const auto some = [&](const auto& condition) { return std::ranges::any_of(times, condition); };
  EXPECT_TRUE(some([](const auto& of) { return of.second.second < day(2025, 9, 1); })) << "lapsed";
  EXPECT_TRUE(some([](const auto& of) { return of.second.first > day(2025, 9, 1); })) << "new";
  EXPECT_TRUE(some([](const auto& of) {
    return of.second.first < day(2025, 2, 1) && of.second.second > day(2025, 12, 1);
  }));
}

}  // namespace
}  // namespace tessera::table
