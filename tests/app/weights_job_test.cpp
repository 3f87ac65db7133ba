// --weight from the command line to files, screens and messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

using nlohmann::json;
using test::Outcome;
using test::run_program;
using test::SharedFolder;
using test::world;
using ::testing::HasSubstr;
using ::testing::Not;

class WeightsJob : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string weighted = "id,x,y,kind,w\n";
    std::string repeated = "id,x,y,kind\n";
    for (int row = 0; row < 90; ++row) {
      const std::string cells =
          fmt::format("c{},{},{},{}", row, row % 3 * 20 + row % 7, row % 11, row % 2 ? "a" : "b");
      const int weight = 1 + row % 4;
      weighted += fmt::format("{},{}\n", cells, weight);
      for (int n = 0; n < weight; ++n) {
        repeated += cells + "\n";
      }
    }
    test::write_file(weighted_, weighted);
    test::write_file(repeated_, repeated);
  }

  [[nodiscard]] Outcome train(const std::string& input, std::vector<std::string> more) const {
    std::vector<std::string> words = {"train", "-q",       "--json",     "--input", input,
                                      "--id",  "id",       "--segments", "3",       "--min-group",
                                      "1",     "--output", model_};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words);
  }

  /// A table of six rows whose fourth weight is `cell`.
  [[nodiscard]] std::string with_weight(const std::string& cell) const {
    std::string path = folder_ / "bad.csv";
    test::write_file(path, "id,x,w\na,1,1\nb,2,2\nc,3,1\nd,40," + cell + "\ne,50,1\nf,60,3\n");
    return path;
  }

  const SharedFolder folder_;
  const std::string weighted_ = folder_ / "weighted.csv";
  const std::string repeated_ = folder_ / "repeated.csv";
  const std::string model_ = folder_ / "model.h5";
};

TEST_F(WeightsJob, SayWhatRowsWeigh) {
  const Outcome expected = train(repeated_, {});
  ASSERT_EQ(expected.code, 0) << expected.err;
  const Outcome found = train(weighted_, {"--weight", "w"});
  ASSERT_EQ(found.code, 0) << found.err;
  const Outcome inspected = run_program({"inspect", "--json", model_});
  const Outcome shown = run_program({"inspect", model_});
  const Outcome evaluated =
      run_program({"evaluate", "-q", "--json", "--input", weighted_, "--model", model_});
  const Outcome as_weighed = run_program(
      {"evaluate", "-q", "--json", "--input", weighted_, "--model", model_, "--weight", "y"});
  const Outcome privacy = run_program({"inspect", "--privacy", model_});
  if (!world().is_root()) {
    return;
  }
  const json trained = json::parse(found.out);
  EXPECT_EQ(trained.at("digest"), json::parse(expected.out).at("digest"));
  EXPECT_EQ(trained.at("inertia"), json::parse(expected.out).at("inertia"));
  EXPECT_EQ(trained.at("weight_column"), "w");
  EXPECT_EQ(trained.at("options").at("weight"), "w");
  EXPECT_EQ(trained.at("weights"), json::parse(expected.out).at("sizes"));
  EXPECT_EQ(trained.at("rows"), 90);
  EXPECT_FALSE(json::parse(expected.out).contains("weights"));
  const json model = json::parse(inspected.out);
  EXPECT_EQ(model.at("weight_column"), "w");
  EXPECT_EQ(model.at("weights"), trained.at("weights"));
  EXPECT_EQ(model.at("sizes"), trained.at("sizes"));
  EXPECT_THAT(shown.out, HasSubstr("rows count as often as they weigh by column \"w\""));
  EXPECT_THAT(shown.out, HasSubstr("weight"));
  EXPECT_EQ(json::parse(evaluated.out).at("weights"), trained.at("weights"));
  EXPECT_EQ(json::parse(evaluated.out).at("inertia"), trained.at("inertia"));
  EXPECT_EQ(json::parse(as_weighed.out).at("weight_column"), "y");
  EXPECT_NE(json::parse(as_weighed.out).at("inertia"), trained.at("inertia"));
  EXPECT_THAT(privacy.out, HasSubstr("rows were weighed by column \"w\""));
}

TEST_F(WeightsJob, TellAPersonWhatSegmentsWeigh) {
  const Outcome found = run_program({"train", "--input", weighted_, "--id", "id", "--segments", "3",
                                     "--output", model_, "--weight", "w"});
  ASSERT_EQ(found.code, 0) << found.err;
  if (world().is_root()) {
    EXPECT_THAT(found.out + found.err, HasSubstr("90 rows that weigh 223 by column \"w\""));
    EXPECT_THAT(found.out, HasSubstr("customers       weight    share"));
  }
}

TEST_F(WeightsJob, AreAnOptionOfConfigurations) {
  const std::string ini = folder_ / "train.ini";
  test::write_file(ini, "weight = w\n[column x]\nweight = 4\n");
  const Outcome by_ini = train(weighted_, {"--config", ini});
  ASSERT_EQ(by_ini.code, 0) << by_ini.err;
  const Outcome dumped = run_program({"train", "--config", ini, "--dump-config", "--input",
                                      weighted_, "--segments", "3", "--output", model_});
  const Outcome planned = train(weighted_, {"--weight", "w", "--dry-run"});
  if (world().is_root()) {
    EXPECT_EQ(json::parse(by_ini.out).at("weight_column"), "w");
    EXPECT_THAT(dumped.out, HasSubstr("weight = w\n"));
    EXPECT_EQ(json::parse(planned.out).at("numeric_features"), 2);  // w is none
  }
}

TEST_F(WeightsJob, AreInWhatCheckSuggests) {
  const std::string ini = folder_ / "suggested.ini";
  const Outcome checked = run_program(
      {"check", "-q", "--input", weighted_, "--id", "id", "--weight", "w", "--suggest", ini});
  ASSERT_EQ(checked.code, 0) << checked.err;
  const Outcome trained =
      run_program({"train", "-q", "--json", "--config", ini, "--output", model_});
  ASSERT_EQ(trained.code, 0) << trained.err;
  if (world().is_root()) {
    EXPECT_THAT(test::content(ini), HasSubstr("weight = w\n"));
    EXPECT_THAT(test::content(ini), Not(HasSubstr("[column w]")));
    EXPECT_EQ(json::parse(trained.out).at("weight_column"), "w");
  }
  const Outcome refused =
      run_program({"check", "-q", "--input", with_weight("-3"), "--weight", "w"});
  EXPECT_EQ(refused.code, static_cast<int>(ExitCode::kBadData));
  const Outcome twice =
      run_program({"check", "-q", "--input", weighted_, "--id", "w", "--weight", "w"});
  EXPECT_EQ(twice.code, static_cast<int>(ExitCode::kUsage));
}

TEST_F(WeightsJob, RefuseWhatIsNoWeightAndLeaveNothing) {
  struct Case {
    std::string cell;
    std::string part;
  };
  for (const auto& [cell, part] :
       {Case{"-1", "row 4: the weight is -1"}, Case{"", "row 4: the weight is missing"},
        Case{"heavy", "weights are numbers"}}) {
    const Outcome found = train(with_weight(cell), {"--weight", "w"});
    EXPECT_EQ(found.code, static_cast<int>(ExitCode::kBadData)) << cell;
    if (world().is_root()) {
      EXPECT_THAT(found.err, HasSubstr("bad.csv: column \"w\""));
      EXPECT_THAT(found.err, HasSubstr(part));
      EXPECT_THAT(found.err, HasSubstr("--weight"));
    }
    EXPECT_FALSE(std::filesystem::exists(model_));
  }
  const auto ends_with = [&](const std::vector<std::string>& words, ExitCode code,
                             const std::string& part) {
    const Outcome found = train(weighted_, words);
    EXPECT_EQ(found.code, static_cast<int>(code)) << part;
    if (world().is_root()) {
      EXPECT_THAT(found.err, HasSubstr(part));
    }
    EXPECT_FALSE(std::filesystem::exists(model_));
  };
  ends_with({"--weight", "id"}, ExitCode::kUsage, "cannot be the weight and the id as well");
  ends_with({"--weight", "x", "--features", "x,y"}, ExitCode::kUsage,
            "cannot be a feature and the weight as well");
  ends_with({"--weight", "weight"}, ExitCode::kBadData, "weight");
  ends_with({"--weight", "kind"}, ExitCode::kBadData, "weights are numbers");
  ends_with({"--weight", "w", "--log1p", "w"}, ExitCode::kBadData, "is not a numeric feature");
}

}  // namespace
}  // namespace tessera::app
