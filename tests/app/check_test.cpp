// The job check: the same words at any number of ranks, a recipe that train takes, bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/program.hpp"

namespace tessera {
namespace {

using nlohmann::json;
using test::content;
using test::Outcome;
using test::run_program;
using test::SharedFolder;
using test::world;
using test::write_file;
using ::testing::HasSubstr;

using Words = std::vector<std::string>;

/// Customers with all that check speaks of.
std::string odd_table() {
  std::string text =
      "customer_id,age,spent,\"again, spent\",flag,region,\"a \"\"b\"\"\",const,row #2\n";
  for (int i = 0; i < 300; ++i) {
    const int spent = i % 50 == 0 ? 90'000 + i : (i * 37) % 900;
    text += fmt::format("c{},{},{},{},{},r{},{},1,{}\n", i, 20 + (i * 7) % 50, spent, spent, i % 2,
                        i % 4 + (i == 17 ? 9 : 0), i % 5, (i * 13) % 101 / 7.0);
  }
  return text;
}

TEST(CheckJob, SaysTheSameAtAnyNumberOfRanks) {
  const SharedFolder folder;
  write_file(folder / "in.csv", odd_table());
  const Words arguments = {"check", "--json",      "-q",      "--input", folder / "in.csv",
                           "--id",  "customer_id", "--label", "region"};
  const Outcome together = run_program(arguments);
  ASSERT_EQ(together.code, 0) << together.err;
  if (world().is_root()) {
    const Outcome alone = run_program(comm::LocalCommunicator(), arguments);
    json one = json::parse(alone.out);
    json all = json::parse(together.out);
    for (const char* own : {"timings", "peak_memory_bytes"}) {
      one.erase(own);
      all.erase(own);
    }
    EXPECT_EQ(one, all);
    EXPECT_EQ(all.at("rows"), 300);
  }
}

TEST(CheckJob, SuggestsWhatPrepareAutoDoes) {
  const SharedFolder folder;
  const std::string input = folder / "in.csv";
  write_file(input, odd_table());
  const std::string config = folder / "suggested.ini";
  const std::string model = folder / "model.h5";
  const auto train = [&](const Words& more) {
    Words arguments = {"train", "--output", model, "--json", "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return world().is_root() ? json::parse(outcome.out) : json();
  };
  const Words usual = {"--input", input, "--id", "customer_id", "--segments", "5"};
  const auto prepared = [&](const Words& more) {
    Words arguments = usual;
    arguments.insert(arguments.end(), {"--prepare", "auto"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return train(arguments);
  };
  ASSERT_EQ(
      run_program({"check", "-q", "--input", input, "--id", "customer_id", "--suggest", config})
          .code,
      0);
  const json by_config = train({"--config", config});
  const json by_itself = prepared({});
  const json plain = train(usual);
  const json own = prepared({"--log1p", "age", "--columns-as", "const=text", "--ignore", "flag"});
  const json named = prepared({"--features", "age,\"again, spent\""});
  if (!world().is_root()) {
    return;
  }
  EXPECT_EQ(by_itself["digest"], by_config["digest"]);
  EXPECT_NE(by_itself["digest"], plain["digest"]);
  EXPECT_FALSE(plain.contains("decisions"));
  const auto what = [](const json& trained, const std::string& column) {
    for (const json& decision : trained.at("decisions")) {
      if (decision.at("column") == column) {
        return decision.at("what").get<std::string>();
      }
    }
    return std::string("nothing");
  };
  EXPECT_EQ(what(by_itself, "spent"), "impute median, log1p, standard");
  EXPECT_EQ(what(by_itself, "again, spent"), "left out");
  EXPECT_EQ(what(by_itself, "const"), "left out");
  EXPECT_EQ(what(by_itself, "flag"), "a category");
  EXPECT_EQ(what(by_itself, "age"), "as usual");
  EXPECT_EQ(what(by_itself, "customer_id"), "nothing");
  EXPECT_EQ(what(own, "age"), "as it was asked for");
  EXPECT_EQ(what(own, "flag"), "nothing");
  EXPECT_EQ(what(named, "spent"), "nothing");
  EXPECT_EQ(what(named, "again, spent"), "as it was asked for");
}

TEST(CheckJob, PrepareIsUsualOrAuto) {
  const Outcome outcome = run_program(
      {"train", "--input", "a.csv", "--output", "b.h5", "--segments", "2", "--prepare", "all"});
  EXPECT_EQ(outcome.code, 64);
  if (world().is_root()) {
    EXPECT_THAT(outcome.err, HasSubstr("--prepare all: expected usual or auto"));
  }
}

TEST(CheckJob, SuggestsARecipeThatTrainTakes) {
  const SharedFolder folder;
  write_file(folder / "in.txt", odd_table());
  const std::string config = folder / "suggested.ini";
  const Outcome checked = run_program({"check", "-q", "--input", folder / "in.txt", "--delimiter",
                                       ",", "--id", "customer_id", "--suggest", config});
  ASSERT_EQ(checked.code, 0) << checked.err;
  const std::string text = content(config);
  EXPECT_THAT(text, HasSubstr("id = customer_id\n"));
  EXPECT_THAT(text, HasSubstr("delimiter = ,\n"));
  EXPECT_THAT(text, HasSubstr("[column spent]\nsteps = impute median, log1p, standard\n"));
  EXPECT_THAT(text, HasSubstr("again, spent: it is \"spent\""));
  EXPECT_THAT(text, HasSubstr("const"));
  struct stat state {};
  ASSERT_EQ(stat(config.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777U, 0600U);
  const Outcome trained =
      run_program({"train", "-q", "--config", config, "--output", folder / "model.h5"});
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_TRUE(std::filesystem::exists(folder / "model.h5"));
}

TEST(CheckJob, SuggestsARecipeForGeneratedCustomers) {
  const SharedFolder folder;
  ASSERT_EQ(run_program({"generate", "-q", "--rows", "500", "--output", folder / "in.h5"}).code, 0);
  const std::string config = folder / "suggested.ini";
  const Outcome checked = run_program({"check", "-q", folder / "in.h5", "--id", "customer_id",
                                       "--label", "segment", "--suggest", config});
  ASSERT_EQ(checked.code, 0) << checked.err;
  EXPECT_THAT(content(config), HasSubstr("segment: it is the label"));
  EXPECT_EQ(run_program({"train", "-q", "--config", config, "--output", folder / "m.h5"}).code, 0);
}

TEST(CheckJob, TellsOfDates) {
  const SharedFolder folder;
  std::string text = "born,x\n";
  for (int i = 0; i < 60; ++i) {
    text += fmt::format("19{:02}-03-0{},{}\n", 40 + i % 50, 1 + i % 9, (i * 7) % 31);
  }
  write_file(folder / "in.csv", text);
  const Outcome outcome =
      run_program({"check", "-q", "--json", "--min-group", "1", folder / "in.csv"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  if (world().is_root()) {
    const json found = json::parse(outcome.out);
    EXPECT_EQ(found.at("columns")[0].at("minimum"), "1940-03-01");
    EXPECT_EQ(found.at("findings").back().at("kind"), "dates");
  }
}

TEST(CheckJob, RefusesWhatCannotBeAndLeavesNothing) {
  const SharedFolder folder;
  write_file(folder / "in.csv", odd_table());
  const std::string config = folder / "suggested.ini";
  const auto refuses = [&](const Words& more, int code, const std::string& part) {
    Words arguments = {"check", "-q", "--input", folder / "in.csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(part));
    }
    EXPECT_FALSE(std::filesystem::exists(config));
  };
  refuses({"--id", "customer", "--suggest", config}, 65, "customer_id");
  refuses({"--label", "regoin", "--suggest", config}, 65, "region");
  refuses({"--suggest", folder / "in.csv"}, 64, "--suggest");
  refuses({"--suggest", folder / "nowhere/x.ini"}, 73, "nowhere");
  refuses({"--id", "age", "--dry-run", "--label", "age"}, 64, "both");
  EXPECT_EQ(content(folder / "in.csv"), odd_table());
}

TEST(CheckJob, ShowsNoValueOfOneCustomer) {
  const SharedFolder folder;
  write_file(folder / "in.csv", odd_table());
  const Outcome outcome = run_program({"check", "-q", "--input", folder / "in.csv"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  if (world().is_root()) {
    EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("90250")));  // the greatest amount
    EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("r10")));    // a region of one
  }
}

}  // namespace
}  // namespace tessera
