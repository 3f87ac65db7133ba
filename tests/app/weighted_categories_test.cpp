// Categories that are weighted, against the same levels written out as columns of numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/program.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::app {
namespace {

using test::Outcome;
using test::run_program;
using test::world;
using Arguments = std::vector<std::string>;

constexpr std::uint64_t kRows = 400;
constexpr std::size_t kTowns = 40;

struct Customer {
  double spend = 0;
  double age = 0;
  std::size_t plan = 0;  // of 3
  std::size_t town = 0;
};

std::vector<Customer> customers() {
  const numeric::Random random(7, 1000);
  std::vector<Customer> rows;
  for (std::uint64_t row = 0; row < kRows; ++row) {
    const std::uint64_t group = random.below(4, row, 0);
    rows.push_back({.spend = 10 * static_cast<double>(group) + 4 * random.uniform(row, 1),
                    .age = 20 + 60 * random.uniform(row, 2),
                    .plan = random.uniform(row, 3) < 0.8 ? group % 3 : random.below(3, row, 4),
                    .town = random.below(kTowns, row, 5)});
  }
  return rows;
}

class WeightedCategories : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string coded = "spend,age,plan,town\n";
    std::string dense = "spend,age";
    for (std::size_t plan = 0; plan < 3; ++plan) {
      dense += fmt::format(",plan{}", plan);
    }
    for (std::size_t town = 0; town < kTowns; ++town) {
      dense += fmt::format(",town{:02}", town);
    }
    dense += "\n";
    for (const Customer& row : customers()) {
      coded += fmt::format("{},{},p{},t{:02}\n", row.spend, row.age, row.plan, row.town);
      dense += fmt::format("{},{}", row.spend, row.age);
      for (std::size_t plan = 0; plan < 3; ++plan) {
        dense += plan == row.plan ? ",1" : ",0";
      }
      for (std::size_t town = 0; town < kTowns; ++town) {
        dense += town == row.town ? ",1" : ",0";
      }
      dense += "\n";
    }
    test::write_file(coded_, coded);
    test::write_file(dense_, dense);
    test::write_file(coded_ini_,
                     "[column plan]\nweight = 9\n[columns t*]\nweight = 0.05\n"
                     "[columns numeric]\nweight = 2\n");
    // columns of two values are categories, unless they have steps of their own
    std::string ini = "[column spend]\nweight = 2\n[column age]\nweight = 2\n";
    for (std::size_t plan = 0; plan < 3; ++plan) {
      ini += fmt::format("[column plan{}]\nsteps = none, weight 9\n", plan);
    }
    for (std::size_t town = 0; town < kTowns; ++town) {
      ini += fmt::format("[column town{:02}]\nsteps = none, weight 0.05\n", town);
    }
    test::write_file(dense_ini_, ini);
  }

  nlohmann::json json(const Arguments& arguments) {
    Arguments all = arguments;
    all.insert(all.end(), {"--json", "-q"});
    const Outcome outcome = run_program(all);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return world().is_root() ? nlohmann::json::parse(outcome.out) : nlohmann::json();
  }

  /// What training from the first four rows, evaluating and scoring tell.
  struct Found {
    nlohmann::json trained;
    nlohmann::json measured;
    std::string segments;
  };
  Found find(const std::string& input, const std::string& ini) {
    const std::string text = test::content(input);
    std::size_t end = 0;
    for (int line = 0; line < 5; ++line) {
      end = text.find('\n', end) + 1;
    }
    const std::string start = folder_ / "start.csv";
    test::write_file(start, text.substr(0, end));
    const std::string model = folder_ / "model.h5";
    Found found;
    found.trained =
        json({"train", "--input", input, "--config", ini, "--output", model, "--segments", "4",
              "--min-group", "1", "--init", "file", "--init-file", start});
    found.measured = json({"evaluate", "--input", input, "--model", model});
    const std::string scores = folder_ / "scores.csv";
    (void)json({"score", "--input", input, "--model", model, "--output", scores});
    std::istringstream lines(test::content(scores));
    for (std::string line; std::getline(lines, line);) {
      found.segments += line.substr(0, line.find(',', line.find(',') + 1)) + "\n";
    }
    return found;
  }

  const test::SharedFolder folder_;
  const std::string coded_ = folder_ / "coded.csv";
  const std::string dense_ = folder_ / "dense.csv";
  const std::string coded_ini_ = folder_ / "coded.ini";
  const std::string dense_ini_ = folder_ / "dense.ini";
};

TEST_F(WeightedCategories, AreColumnsOfTheRootOfTheirWeight) {
  const Found coded = find(coded_, coded_ini_);
  const Found dense = find(dense_, dense_ini_);
  if (!world().is_root()) {
    return;
  }
  EXPECT_EQ(coded.trained["sizes"], dense.trained["sizes"]);
  EXPECT_GT(dense.trained["iterations"], 1);
  EXPECT_NE(coded.segments, "");
  EXPECT_EQ(coded.segments, dense.segments);
  const auto expect_near = [](const nlohmann::json& value, const nlohmann::json& expected,
                              const char* what) {
    EXPECT_NEAR(value.get<double>(), expected.get<double>(),
                1e-6 * std::abs(expected.get<double>()))
        << what;
  };
  expect_near(coded.trained["inertia"], dense.trained["inertia"], "of training");
  expect_near(coded.trained["silhouette"]["value"], dense.trained["silhouette"]["value"],
              "silhouette of training");
  for (const char* index :
       {"inertia", "calinski_harabasz", "davies_bouldin", "simplified_silhouette"}) {
    expect_near(coded.measured[index], dense.measured[index], index);
  }
  expect_near(coded.measured["silhouette"]["value"], dense.measured["silhouette"]["value"],
              "silhouette");
}

}  // namespace
}  // namespace tessera::app
