// What check says of small tables, against values by hand or by brute force; the same at any number
// of ranks, also more than there are rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/pipeline/check.hpp"

namespace tessera::pipeline {
namespace {

using test::expect_error;
using test::MemoryTable;
using test::world;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr std::uint64_t kRows = 400;

CheckResult checked(const MemoryTable& table, const CheckOptions& options = {}) {
  Observer observer;
  return check_table(world(), table, options, observer);
}

std::vector<double> numbers(std::uint64_t seed, const auto& of) {
  std::mt19937_64 random(seed);
  std::vector<double> values(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    values[i] = of(i, static_cast<double>(random() >> 11U) * 0x1p-53);
  }
  return values;
}

const ColumnFacts& facts(const CheckResult& result, const std::string& name) {
  return *std::ranges::find(result.columns, name, &ColumnFacts::name);
}

/// The findings about a column, by their kinds.
std::vector<std::string> kinds(const CheckResult& result, const std::string& column) {
  std::vector<std::string> kinds;
  for (const Finding& finding : result.findings) {
    if (std::ranges::find(finding.columns, column) != finding.columns.end()) {
      kinds.push_back(finding.kind);
    }
  }
  return kinds;
}

bool is_ignored(const CheckResult& result, const std::string& column) {
  return std::ranges::find(result.suggestion.ignored, column, &Suggestion::Column::name) !=
         result.suggestion.ignored.end();
}

std::string steps(const CheckResult& result, const std::string& column) {
  const auto found = std::ranges::find(result.suggestion.steps, column, &Suggestion::Column::name);
  return found == result.suggestion.steps.end() ? "" : found->what;
}

TEST(Check, FactsOfNumbersAreThoseOfBruteForce) {
  MemoryTable table(kRows);
  const std::vector<double> values = numbers(1, [](std::size_t i, double u) {
    return i % 9 == 0 ? MemoryTable::kMissing : i == 5 ? 1e4 : std::exp(3 * u);
  });
  table.add_numbers("x", values);
  const CheckResult result = checked(table, {.min_group = 1});
  std::vector<double> known;
  std::ranges::copy_if(values, std::back_inserter(known), [](double x) { return x == x; });
  std::ranges::sort(known);
  long double sum = 0;
  for (const double x : known) {
    sum += x;
  }
  const auto n = static_cast<long double>(known.size());
  const long double mean = sum / n;
  long double second = 0;
  long double third = 0;
  for (const double x : known) {
    second += (x - mean) * (x - mean) / n;
    third += (x - mean) * (x - mean) * (x - mean) / n;
  }
  const ColumnFacts& x = facts(result, "x");
  EXPECT_EQ(x.missing, kRows - known.size());
  EXPECT_EQ(x.distinct, known.size());
  EXPECT_TRUE(x.distinct_is_exact);
  EXPECT_EQ(x.minimum, known.front());
  EXPECT_EQ(x.maximum, known.back());
  EXPECT_DOUBLE_EQ(*x.median, known.size() % 2 == 1
                                  ? known[known.size() / 2]
                                  : (known[known.size() / 2 - 1] + known[known.size() / 2]) / 2);
  EXPECT_NEAR(*x.mean, static_cast<double>(mean), 1e-12 * std::fabs(static_cast<double>(mean)));
  const auto deviation = static_cast<double>(std::sqrt(second));
  EXPECT_NEAR(*x.deviation, deviation, 1e-12 * deviation);
  EXPECT_NEAR(*x.skewness, static_cast<double>(third) / std::pow(deviation, 3), 1e-9);
  EXPECT_EQ(x.outliers, 1);
  EXPECT_THAT(kinds(result, "x"), Contains("skewed"));
  EXPECT_EQ(steps(result, "x"), "impute median, log1p, standard");
}

TEST(Check, ShowsNoExtremesOfFewCustomers) {
  MemoryTable table(kRows);
  table.add_numbers("x",
                    numbers(1, [](std::size_t i, double) { return static_cast<double>(i) / 7; }));
  table.add_numbers("y", numbers(1, [](std::size_t i, double) {
                      return i < 5 ? static_cast<double>(i) : MemoryTable::kMissing;
                    }));
  const CheckResult result = checked(table);
  EXPECT_EQ(facts(result, "x").minimum, 9.0 / 7);  // ten are not above it
  EXPECT_EQ(facts(result, "x").maximum, (kRows - 10.0) / 7);
  EXPECT_FALSE(facts(result, "y").minimum);
  EXPECT_FALSE(facts(result, "y").median);
}

TEST(Check, FindsColumnsThatAreNoFeatures) {
  MemoryTable table(kRows);
  table.add_numbers(
      "row", numbers(1, [](std::size_t i, double) { return 1000.0 + static_cast<double>(i); }));
  table.add_numbers("same", std::vector<double>(kRows, 3));
  table.add_numbers("nearly", numbers(1, [](std::size_t i, double) { return i < 3 ? 1.5 : 0; }));
  table.add_numbers("none", std::vector<double>(kRows, MemoryTable::kMissing));
  table.add_numbers("endless", numbers(1, [](std::size_t i, double u) {
                      return i == 7 ? std::numeric_limits<double>::infinity() : u;
                    }));
  table.add_numbers("x", numbers(2, [](std::size_t, double u) { return u; }));
  table.add_numbers("twice", numbers(2, [](std::size_t, double u) { return u; }));
  table.add_numbers("times", numbers(2, [](std::size_t, double u) { return 5 - 3 * u; }));
  table.add_text("note", std::vector<std::string>(kRows, "hello"));
  const CheckResult result = checked(table);
  EXPECT_THAT(kinds(result, "row"), Contains("id"));
  EXPECT_THAT(kinds(result, "same"), ElementsAre("constant"));
  EXPECT_THAT(kinds(result, "nearly"), ElementsAre("near_constant"));
  EXPECT_THAT(kinds(result, "none"), ElementsAre("empty"));
  EXPECT_THAT(kinds(result, "endless"), ElementsAre("infinite"));
  EXPECT_EQ(facts(result, "endless").infinite, 1);
  EXPECT_THAT(kinds(result, "twice"), Contains("copy"));
  EXPECT_THAT(kinds(result, "times"), Contains("correlated"));
  for (const std::string name :
       {"row", "same", "nearly", "none", "endless", "twice", "times", "note"}) {
    EXPECT_TRUE(is_ignored(result, name)) << name;
  }
  EXPECT_FALSE(is_ignored(result, "x"));
  EXPECT_TRUE(std::ranges::is_sorted(result.findings, {}, &Finding::weight));
}

TEST(Check, FindsWhatGivesTheLabelAway) {
  MemoryTable table(kRows);
  std::vector<std::int32_t> label(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    label[i] = static_cast<std::int32_t>(i % 3);
  }
  table.add_numbers(
      "code", numbers(1, [](std::size_t i, double) { return static_cast<double>(7 - i % 3); }));
  table.add_numbers("finer", numbers(1, [](std::size_t i, double u) {
                      return static_cast<double>(i % 3) + (u < 0.5 ? 10 : 0);
                    }));
  table.add_numbers("apart", numbers(1, [](std::size_t i, double u) {
                      return 10 * static_cast<double>(i % 3) + u;
                    }));
  table.add_category("coarser", {"a", "b"}, [] {
    std::vector<std::int32_t> codes(kRows);
    for (std::size_t i = 0; i < kRows; ++i) {
      codes[i] = i % 3 == 0 ? 0 : 1;
    }
    return codes;
  }());
  table.add_numbers("free", numbers(3, [](std::size_t, double u) { return u; }));
  table.add_category("label", {"x", "y", "z"}, label);
  const CheckResult result = checked(table, {.label = "label"});
  EXPECT_THAT(kinds(result, "code"), Contains("label_copy"));
  EXPECT_THAT(kinds(result, "finer"), Contains("decides_label"));
  EXPECT_THAT(kinds(result, "apart"), Contains("decides_label"));
  EXPECT_THAT(kinds(result, "coarser"), Contains("decided_by_label"));
  EXPECT_TRUE(kinds(result, "free").empty());
  EXPECT_TRUE(is_ignored(result, "label"));
  EXPECT_FALSE(is_ignored(result, "free"));
}

TEST(Check, CorrelationsAreThoseOfBruteForce) {
  MemoryTable table(kRows);
  const std::vector<double> x = numbers(4, [](std::size_t, double u) { return 1e6 + u; });
  const std::vector<double> y = numbers(5, [&](std::size_t i, double u) {
    return i % 5 == 0 ? MemoryTable::kMissing : x[i] - 1e6 + 0.2 * u;
  });
  table.add_numbers("x", x);
  table.add_numbers("y", y);
  const CheckResult result = checked(table);
  double n = 0;
  double mx = 0;
  double my = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (!std::isnan(y[i])) {
      n += 1;
      mx += x[i];
      my += y[i];
    }
  }
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (!std::isnan(y[i])) {
      xy += (x[i] - mx / n) * (y[i] - my / n);
      xx += (x[i] - mx / n) * (x[i] - mx / n);
      yy += (y[i] - my / n) * (y[i] - my / n);
    }
  }
  ASSERT_EQ(result.correlations.size(), 1);
  EXPECT_NEAR(result.correlations[0].value, xy / std::sqrt(xx * yy), 1e-9);
  EXPECT_EQ(result.correlated_columns, 2);
}

TEST(Check, TakesNoOtherOrderForACopy) {
  MemoryTable table(kRows);
  const std::vector<double> x = numbers(1, [](std::size_t, double u) { return u < 0.1 ? NAN : u; });
  table.add_numbers("x", x);
  table.add_numbers("shifted", numbers(1, [&](std::size_t i, double) {
                      return x[(i + 7) % kRows];  // the same values, and as many missing
                    }));
  table.add_numbers("swapped", numbers(1, [&](std::size_t i, double) {
                      return x[(i + kRows / 2) % kRows];  // of two ranks the one has the other's
                    }));
  table.add_numbers("code",
                    numbers(1, [](std::size_t i, double) { return static_cast<double>(i % 4); }));
  table.add_numbers("turned", numbers(1, [](std::size_t i, double) {
                      return static_cast<double>((i + i / 4) % 4);  // alike in the first rows
                    }));
  const CheckResult result = checked(table);
  EXPECT_TRUE(result.missing_together.empty());
  for (const Finding& finding : result.findings) {
    EXPECT_NE(finding.kind, "copy") << finding.text;
  }
}

TEST(Check, SaysHowManyColumnsWereTooMany) {
  MemoryTable table(kRows);
  for (std::size_t j = 0; j < kMostCorrelated + 6; ++j) {
    table.add_numbers(fmt::format("x{}", j), numbers(j, [](std::size_t, double u) { return u; }));
  }
  const CheckResult result = checked(table);
  EXPECT_EQ(result.correlated_columns, kMostCorrelated);
  EXPECT_EQ(result.columns_not_correlated, 6);
  EXPECT_TRUE(result.correlations.empty());
  EXPECT_TRUE(result.findings.empty());
}

TEST(Check, FindsDoubledRowsAndIds) {
  MemoryTable table(kRows);
  table.add_numbers("id", numbers(1, [](std::size_t i, double) {
                      return static_cast<double>(i == 399 ? 0 : i);
                    }));
  table.add_numbers(
      "x", numbers(1, [](std::size_t i, double) { return static_cast<double>(i % 390) / 3; }));
  table.add_category("c", {"a", "b"}, std::vector<std::int32_t>(kRows, 1));
  const CheckResult result = checked(table, {.id = "id"});
  EXPECT_EQ(result.ids->doubled_ids, 1);
  EXPECT_EQ(facts(result, "id").distinct, kRows - 1);
  EXPECT_EQ(result.doubled_rows, 20);  // ten and what they copy
  EXPECT_EQ(result.doubled_contents, 10);
  EXPECT_THAT(kinds(result, "id"), ElementsAre("doubled_ids"));
  EXPECT_EQ(checked(table).doubled_rows, 0);  // with the id no two are alike
}

TEST(Check, FindsWhatIsMissingTogether) {
  MemoryTable table(kRows);
  const auto with_gaps = [](std::size_t every) {
    return [every](std::size_t i, double u) { return i % every == 0 ? MemoryTable::kMissing : u; };
  };
  table.add_numbers("a", numbers(1, with_gaps(7)));
  table.add_numbers("b", numbers(2, with_gaps(8)));
  table.add_numbers("c", numbers(3, with_gaps(7)));
  const CheckResult result = checked(table);
  EXPECT_THAT(result.missing_together, ElementsAre(ElementsAre("a", "c")));
}

TEST(Check, CountsManyDistinctValuesAboutRight) {
  constexpr std::uint64_t kMany = 30'000;
  MemoryTable table(kMany);
  std::vector<double> values(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    values[i] = static_cast<double>(i % 10'000) / 3;
  }
  table.add_numbers("x", values);
  const CheckResult result = checked(table);
  EXPECT_FALSE(facts(result, "x").distinct_is_exact);
  EXPECT_NEAR(static_cast<double>(facts(result, "x").distinct), 10'000, 1000);
}

TEST(Check, TakesFewerRowsThanRanks) {
  MemoryTable table(1);
  table.add_numbers("x", {2});
  table.add_category("c", {"a"}, {0});
  table.add_text("t", {"b"});
  const CheckResult result = checked(table, {.id = "t", .label = "c"});
  EXPECT_EQ(result.rows, 1);
  EXPECT_EQ(facts(result, "x").mean, 2);
  EXPECT_EQ(facts(result, "x").deviation, 0);
  EXPECT_FALSE(facts(result, "x").skewness);
}

TEST(Check, RefusesWhatCannotBe) {
  MemoryTable table(3);
  table.add_numbers("x", {1, 2, 3});
  expect_error(ExitCode::kBadData, "nobody", [&] { checked(table, {.id = "nobody"}); });
  expect_error(ExitCode::kBadData, "nothing", [&] { checked(table, {.label = "nothing"}); });
  expect_error(ExitCode::kUsage, "both", [&] { checked(table, {.id = "x", .label = "x"}); });
  const MemoryTable empty(0);
  expect_error(ExitCode::kBadData, "no rows", [&] { checked(empty); });
}

}  // namespace
}  // namespace tessera::pipeline
