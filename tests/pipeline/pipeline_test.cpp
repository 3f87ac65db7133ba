// The use cases without a program around them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/pipeline/evaluate.hpp"
#include "tessera/pipeline/score.hpp"
#include "tessera/pipeline/train.hpp"

namespace tessera::pipeline {
namespace {

using test::world;

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// Two groups far apart.
class Pipeline : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kRows = 12;

  Pipeline() : table_(kRows) {
    std::vector<double> numbers;
    std::vector<std::string> ids;
    for (std::uint64_t row = 0; row < kRows; ++row) {
      numbers.push_back(row % 3 == 0 ? 100.0 + static_cast<double>(row) : static_cast<double>(row));
      ids.push_back("c" + std::to_string(row));
    }
    table_.add_text("name", ids);
    table_.add_numbers("spend", numbers);
    options_.fit.id = "name";
    options_.task.segments = 2;
  }

  test::MemoryTable table_;
  TrainOptions options_;
};

TEST_F(Pipeline, ScoresWhatItTrainedAlikeInBothWays) {
  const test::SharedFolder folder;
  Observer nobody;
  const TrainResult trained = train(world(), table_, options_, nobody);
  EXPECT_THAT(trained.model.sizes(), ::testing::ElementsAre(8, 4));
  const auto scores = write_trained_scores(world(), table_, trained.model, trained.rows,
                                           folder / "trained.csv", {}, nobody);
  scores->commit();
  const Scoring scoring(world(), table_, trained.model, "");
  const Scoring::Result result = scoring.write(folder / "scored.csv", {}, nobody);
  EXPECT_THAT(result.sizes, ::testing::ElementsAre(8, 4));
  world().barrier();
  const std::string text = content(folder / "scored.csv");
  EXPECT_EQ(text, content(folder / "trained.csv"));
  EXPECT_THAT(text, ::testing::StartsWith("name,segment,distance,margin"));
  EXPECT_THAT(text, ::testing::HasSubstr("\nc0,2,"));
  EXPECT_THAT(text, ::testing::HasSubstr("\nc1,1,"));

  const EvaluateResult measured = Evaluation(world(), table_, trained.model, {}).run(nobody);
  EXPECT_EQ(measured.rows, kRows);
  EXPECT_EQ(measured.sizes, result.sizes);
}

// Where there is an id; the columns' order is that of the features.
TEST(Digest, HoldsTheOrderOfColumnsButNotOfRows) {
  const auto digest_of = [](bool swap_columns, bool turn_rows) {
    constexpr std::uint64_t kRows = 12;
    std::vector<std::string> ids;
    std::vector<double> one;
    std::vector<double> two;
    for (std::uint64_t i = 0; i < kRows; ++i) {
      const std::uint64_t row = turn_rows ? kRows - 1 - i : i;
      ids.push_back("c" + std::to_string(row));
      one.push_back(static_cast<double>(row % 3 * 100 + row));
      two.push_back(static_cast<double>(row % 4 * 10));
    }
    test::MemoryTable table(kRows);
    table.add_text("name", ids);
    table.add_numbers(swap_columns ? "two" : "one", swap_columns ? two : one);
    table.add_numbers(swap_columns ? "one" : "two", swap_columns ? one : two);
    TrainOptions options;
    options.fit.id = "name";
    options.task.segments = 2;
    Observer nobody;
    return train(world(), table, options, nobody).model.digest();
  };
  const std::string digest = digest_of(false, false);
  EXPECT_EQ(digest_of(false, true), digest);
  EXPECT_NE(digest_of(true, false), digest);
}

TEST_F(Pipeline, RefusesBeforeAnyWork) {
  options_.task.segments = 70'000;
  for (const bool is_plan : {false, true}) {
    test::expect_error(ExitCode::kUsage, "segments 70000: expected a whole number from 1 to 65534",
                       [&] {
                         Observer nobody;
                         if (is_plan) {
                           (void)plan_training(world(), table_, options_);
                         } else {
                           (void)train(world(), table_, options_, nobody);
                         }
                       });
  }
}

}  // namespace
}  // namespace tessera::pipeline
