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
                                           folder / "trained.csv", nobody);
  scores->commit();
  const Scoring scoring(world(), table_, trained.model, "");
  const Scoring::Result result = scoring.write(folder / "scored.csv", nobody);
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

TEST_F(Pipeline, RefusesBeforeAnyWork) {
  options_.task.segments = 70'000;
  for (const bool is_plan : {false, true}) {
    test::expect_error(ExitCode::kUsage, "segments 70000: expected 1 to 65534", [&] {
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
