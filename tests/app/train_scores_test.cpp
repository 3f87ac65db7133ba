// train --scores: byte for byte what score writes with the model just made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"

namespace {

std::string fails_to_flush;  // part of a file's name, on this rank

}  // namespace

// Stands before the C library's. Many file systems notice no sooner that they are full.
extern "C" int fsync(int fd) {
  std::error_code error;
  const auto file = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
  if (!fails_to_flush.empty() && file.string().find(fails_to_flush) != std::string::npos) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fsync, fd));
}

namespace tessera::app {
namespace {

using test::content;
using test::Outcome;
using test::SharedFolder;
using test::world;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Arguments = std::vector<std::string>;

Outcome tessera(const Arguments& arguments) { return test::run_program(world(), arguments); }

class TrainScores : public ::testing::Test {
 protected:
  void ingest(const std::string& csv) {
    if (world().is_root()) {
      std::ofstream(folder_ / "in.csv") << csv;
    }
    world().barrier();
    ASSERT_EQ(tessera({"ingest", "-q", "--input", folder_ / "in.csv", "--output", table_}).code, 0);
  }

  /// Trains with and without the option, and scores; the scores that both ways gave.
  std::string expect_as_score(const Arguments& options, const std::string& extension) {
    const std::string in_one = folder_ / ("in_one" + extension);
    const std::string apart = folder_ / ("apart" + extension);
    Arguments train = {"train", "-q", "--input", table_, "--output", model_};
    train.insert(train.end(), options.begin(), options.end());
    const Outcome alone = tessera(train);
    EXPECT_EQ(alone.code, 0) << alone.err;
    EXPECT_EQ(
        tessera({"score", "-q", "--input", table_, "--model", model_, "--output", apart}).code, 0);
    const std::string digest = tessera({"inspect", "-q", "--digest", model_}).out;
    train.insert(train.end(), {"--scores", in_one});
    const Outcome outcome = tessera(train);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(tessera({"inspect", "-q", "--digest", model_}).out, digest);
    EXPECT_TRUE(content(in_one) == content(apart)) << extension;
    EXPECT_EQ(std::filesystem::status(in_one).permissions(), std::filesystem::perms(0600));
    return content(in_one);
  }

  const SharedFolder folder_;
  const std::string table_ = folder_ / "table.h5";
  const std::string model_ = folder_ / "model.h5";
};

// Several batches on each of two ranks, rows that are sorted on the way, missing values.
TEST_F(TrainScores, AreThoseOfTheScoreJob) {
  ASSERT_EQ(tessera({"generate", "-q", "--rows", "70001", "--segments", "5", "--seed", "2",
                     "--output", table_})
                .code,
            0);
  const Arguments options = {"--id", "customer_id", "--ignore", "segment", "-k", "5"};
  const std::string text = expect_as_score(options, ".csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 70002);
  expect_as_score(options, ".h5");
}

TEST_F(TrainScores, KeepAwkwardIdsOfFewCustomers) {
  ingest(
      "name,age,plan\n\"Smith, "
      "\"\"J\"\"\",20,a\n,41,b\nL\xC3\xB6w,,a\n\"two\nlines\",60,\nx,33,b\n");
  const Arguments options = {"--id", "name", "--features", "age", "-k", "2"};
  const std::string text = expect_as_score(options, ".csv");
  EXPECT_THAT(text, StartsWith("name,segment,distance,margin,confidence\n\"Smith, \"\"J\"\"\","));
  expect_as_score(options, ".hdf5");
}

TEST_F(TrainScores, NumberCustomersWithoutAnId) {
  ingest("a\n1\n5\n");  // fewer than most ranks
  EXPECT_THAT(expect_as_score({"-k", "2"}, ".csv"), StartsWith("row,segment,"));
  expect_as_score({"-k", "1"}, ".h5");
}

TEST_F(TrainScores, AreTold) {
  ingest("a\n1\n5\n");
  const std::string scores = folder_ / "s.csv";
  const Arguments train = {"train", "--json", "--input", table_, "-k", "2", "--output", model_};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), train.begin(), train.end());
    return tessera(more);
  };
  const Outcome without = with({});
  const Outcome outcome = with({"--scores", scores});
  const Outcome dry = tessera({"train", "--input", table_, "-k", "2", "--output",
                               folder_ / "other.h5", "--scores", folder_ / "t.csv", "--dry-run"});
  EXPECT_EQ(dry.code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "t.csv"));
  if (world().is_root()) {
    EXPECT_FALSE(nlohmann::json::parse(without.out).contains("scores"));
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json.at("scores"), scores);
    EXPECT_TRUE(json.at("timings").contains("score"));
    EXPECT_THAT(dry.out, HasSubstr("other.h5 and " + (folder_ / "t.csv")));
  }
}

TEST_F(TrainScores, FailBeforeTheWork) {
  ingest("a\n1\n5\n");
  const auto expect = [&](const std::string& scores, ExitCode code, const std::string& message) {
    const Outcome outcome =
        tessera({"train", "--input", table_, "-k", "2", "--output", model_, "--scores", scores,
                 "--init", "file", "--init-file", folder_ / "init.h5"});
    EXPECT_EQ(outcome.code, static_cast<int>(code)) << scores;
    EXPECT_FALSE(std::filesystem::exists(model_)) << scores;
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(message));
      EXPECT_THAT(outcome.err, Not(HasSubstr("iteration")));
    }
  };
  expect(folder_ / "s.txt", ExitCode::kUsage, "must end in .csv or .h5");
  expect(table_, ExitCode::kUsage, "input itself");
  expect(model_, ExitCode::kUsage, "--output too");
  expect(folder_ / "init.h5", ExitCode::kUsage, "--init-file too");
  expect(folder_ / "none/s.csv", ExitCode::kCannotCreate, "does not exist");
  expect(folder_ / "none/s.h5", ExitCode::kCannotCreate, "does not exist");
}

// By one rank, which shares it out: a pipe can be read but once.
TEST_F(TrainScores, GoWithAModelThatStartedFromText) {
  ingest("a,b\n1,x\n2,x\n7,y\n8,y\n9,y\n");
  const std::string text = "a,b\n1,x\n8,y\n";
  const std::string file = folder_ / "init.csv";
  const std::string pipe = folder_ / "pipe";
  std::thread writer;
  if (world().is_root()) {
    std::ofstream(file) << text;
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    writer = std::thread([&] { std::ofstream(pipe) << text; });
  }
  world().barrier();
  std::vector<std::string> digests;
  for (const std::string& init : {file, pipe}) {
    const Outcome outcome = tessera({"train", "-q", "--input", table_, "-k", "2", "--output",
                                     model_, "--init", "file", "--init-file", init});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    digests.push_back(tessera({"inspect", "-q", "--digest", model_}).out);
  }
  if (writer.joinable()) {
    writer.join();
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST_F(TrainScores, GoWithAModelThatReplacesTheOneItStartedFrom) {
  ingest("a\n1\n2\n7\n8\n");
  const Arguments train = {"train", "-q", "--input", table_, "-k", "2", "--output", model_};
  ASSERT_EQ(tessera(train).code, 0);
  const std::string digest = tessera({"inspect", "-q", "--digest", model_}).out;
  Arguments again = train;
  again.insert(again.end(),
               {"--init", "file", "--init-file", model_, "--scores", folder_ / "s.csv"});
  const Outcome outcome = tessera(again);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(tessera({"inspect", "-q", "--digest", model_}).out, digest);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "s.csv"));
}

TEST_F(TrainScores, AppearWithTheModelOrNotAtAll) {
  ingest("a\n1\n5\n");
  for (const std::string& scores : {std::string("s.csv"), std::string("s.h5")}) {
    for (const std::string& full : {scores, std::string("model.h5")}) {
      fails_to_flush = world().rank() == world().size() - 1 ? full : "";
      const Outcome outcome = tessera({"train", "--input", table_, "-k", "2", "--output", model_,
                                       "--scores", folder_ / scores});
      fails_to_flush.clear();
      EXPECT_EQ(outcome.code, static_cast<int>(ExitCode::kIo)) << full;
      if (world().is_root()) {
        EXPECT_THAT(outcome.err, HasSubstr("Nothing was left behind"));
        const std::filesystem::directory_iterator files(folder_ / ".");
        EXPECT_EQ(std::distance(files, {}), 2) << full;  // in.csv, table.h5
      }
    }
  }
}

}  // namespace
}  // namespace tessera::app
