// The same customers by every door: one digest, the same scores, the same measures.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/text.hpp"

namespace tessera::app {
namespace {

using test::content;
using test::Outcome;
using test::world;
using Arguments = std::vector<std::string>;

Outcome tessera(const Arguments& arguments) { return test::run_program(world(), arguments); }

struct Made {
  std::string digest;
  std::string trained;  // the scores of train
  std::string scored;   // those of score
  std::string evaluated;
  bool operator==(const Made&) const = default;
};

class Inputs : public ::testing::Test {
 protected:
  /// Customers as delimited text, JSON Lines, packed text, two files, and a table.
  void make_customers(int rows) {
    if (world().is_root()) {
      std::ofstream csv(folder_ / "in.csv");
      std::ofstream json(folder_ / "in.jsonl");
      std::ofstream first(folder_ / "part-1.csv");
      std::ofstream second(folder_ / "part-2.csv");
      for (std::ofstream* file : {&csv, &first, &second}) {
        *file << "id,age,spend,plan\n";
      }
      for (int i = 0; i < rows; ++i) {
        const std::string age = i % 11 == 0 ? "" : std::to_string(20 + (i * 7) % 50);
        const std::string spend = fmt::format("{:.2f}", (i % 3) * 100 + 0.37 * (i % 89));
        const char* const plan = i % 4 == 0 ? "gold" : "basic";
        const std::string line = fmt::format("K{},{},{},{}\n", i, age, spend, plan);
        csv << line;
        (i < rows / 3 ? first : second) << line;
        json << fmt::format("{{\"id\":\"K{}\",\"age\":{},\"spend\":{},\"plan\":\"{}\"}}\n", i,
                            age.empty() ? "null" : age, spend, plan);
      }
      csv.close();
      ASSERT_EQ(std::system(("gzip -kf " + (folder_ / "in.csv")).c_str()), 0);
    }
    world().barrier();
    ASSERT_EQ(
        tessera({"ingest", "-q", "--input", folder_ / "in.csv", "--output", folder_ / "in.h5"})
            .code,
        0);
  }

  /// What a job's dry run says of memory, on the root rank.
  [[nodiscard]] static double planned_bytes(Arguments arguments, const std::string& input) {
    arguments.insert(arguments.end(), {"--input", input, "--json", "--dry-run"});
    const Outcome outcome = tessera(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return world().is_root()
               ? nlohmann::json::parse(outcome.out)["memory_bytes_per_rank"].get<double>()
               : 0;
  }

  Made made_of(const std::string& input, const std::string& segments) {
    const std::string model = folder_ / "model.h5";
    const std::string scores = folder_ / "scores.csv";
    const Outcome trained = tessera({"train", "-q", "--input", input, "--id", "id", "--segments",
                                     segments, "--output", model, "--scores", scores});
    EXPECT_EQ(trained.code, 0) << trained.err;
    Made made;
    made.trained = content(scores);
    made.digest = tessera({"inspect", "-q", "--digest", model}).out;
    const Outcome scored =
        tessera({"score", "-q", "--input", input, "--model", model, "--output", scores});
    EXPECT_EQ(scored.code, 0) << scored.err;
    made.scored = content(scores);
    const Outcome evaluated = tessera(
        {"evaluate", "-q", "--json", "--input", input, "--model", model, "--label", "plan"});
    EXPECT_EQ(evaluated.code, 0) << evaluated.err;
    if (world().is_root()) {
      nlohmann::json json = nlohmann::json::parse(evaluated.out);
      for (const char* const key : {"timings", "peak_memory_bytes", "options"}) {
        json.erase(key);
      }
      made.evaluated = json.dump();
    }
    return made;
  }

  const test::SharedFolder folder_;
};

TEST_F(Inputs, OneModelByAnyDoor) {
  make_customers(3000);
  const Made table = made_of(folder_ / "in.h5", "3");
  EXPECT_EQ(table.trained, table.scored);
  for (const char* const input : {"in.csv", "in.jsonl", "in.csv.gz", "part-*.csv"}) {
    EXPECT_EQ(made_of(folder_ / input, "3"), table) << input;
  }
}

TEST_F(Inputs, FewerRowsThanRanks) {
  make_customers(3);
  const Made table = made_of(folder_ / "in.h5", "2");
  for (const char* const input : {"in.csv", "in.jsonl", "in.csv.gz", "part-*.csv"}) {
    EXPECT_EQ(made_of(folder_ / input, "2"), table) << input;
  }
}

// Id (8 and about 4 bytes), age (1), spend (8) and plan (1) of a row stay in memory.
TEST_F(Inputs, DryRunsCountTheTableInMemory) {
  make_customers(3000);
  const std::string model = folder_ / "model.h5";
  const Arguments train = {"train", "--id", "id", "--segments", "3", "--output", model};
  Arguments real = train;
  real.insert(real.end(), {"-q", "--input", folder_ / "in.h5"});
  ASSERT_EQ(tessera(real).code, 0);
  const double share = 3000.0 / world().size();
  for (const Arguments& job :
       {train, Arguments{"evaluate", "--model", model},
        Arguments{"score", "--model", model, "--output", folder_ / "s.csv"}}) {
    const double stored = planned_bytes(job, folder_ / "in.h5");
    for (const char* const input : {"in.csv", "in.jsonl"}) {
      const double held = planned_bytes(job, folder_ / input) - stored;
      if (world().is_root()) {
        EXPECT_GE(held, 20 * share) << job[0];
        EXPECT_LE(held, 40 * share) << job[0];
      }
    }
  }
}

TEST_F(Inputs, OptionsOfReadingReachEveryJob) {
  if (world().is_root()) {
    std::ofstream(folder_ / "odd.txt") << "a^b^c\n1^2^x\n5^-^y\n9^6^x\n8\n7^1^y\n";
  }
  world().barrier();
  const Arguments how = {"--delimiter", "^",    "--missing", "-",
                         "--on-error",  "skip", "--types",   "a=real"};
  Arguments train = {"train", "--input", folder_ / "odd.txt", "--segments",
                     "2",     "--json",  "--output",          folder_ / "m.h5"};
  train.insert(train.end(), how.begin(), how.end());
  const Outcome outcome = tessera(train);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  if (world().is_root()) {
    EXPECT_EQ(nlohmann::json::parse(outcome.out)["rows"], 4);
    EXPECT_THAT(outcome.err, ::testing::HasSubstr("line 5: found 1 field, expected 3"));
  }
  train.resize(8);
  train.insert(train.end(), {"--types", "b"});
  EXPECT_EQ(tessera(train).code, 64);
}

}  // namespace
}  // namespace tessera::app
