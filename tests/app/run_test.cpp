#include "tessera/app/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

using test::Outcome;
using test::SharedFolder;
using test::world;
using test::write_file;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// A job that shows what it was given.
class Probe final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "probe"; }
  [[nodiscard]] std::string summary() const override { return "look at the options"; }
  [[nodiscard]] std::string positional() const override { return "input"; }
  void list_options(Options& options) override {
    options.group("Probing")
        .add(input_, {.name = "input", .value = "FILE", .help = "a file"})
        .add(rows_, {.name = "rows", .value = "N", .help = "a count"})
        .add(tolerance_, {.name = "tolerance", .value = "X", .help = "a number"})
        .add(shift_, {.name = "shift", .value = "N", .help = "may be negative", .most = 1000})
        .add(deep_, {.name = "deep", .help = "a switch"})
        .add_repeated(tests_, {.name = "test", .value = "TEST", .help = "may come again"})
        .add(fail_on_, {.name = "fail_on", .value = "RANK", .help = "the rank that fails"});
  }
  void check() const override {
    if (rows_ == 0) {
      fail_about("rows", ExitCode::kUsage, "rows 0: at least one row is needed");
    }
  }
  report::Document run(Context& context) override {
    context.comm.together([&] {
      if (context.comm.rank() == fail_on_) {
        fail(ExitCode::kBadData, "rank {} cannot read", fail_on_);
      }
    });
    {
      const auto section = context.timings.section("probing");
      context.console.info("probing");
      context.console.debug("in detail");
      context.console.warn("a warning");
    }
    return report::Document()
        .text("a result\n")
        .set({{"input", input_},
              {"rows", rows_},
              {"tolerance", tolerance_},
              {"shift", shift_},
              {"deep", deep_},
              {"test", tests_},
              {"seed", context.options.seed},
              {"dry_run", context.options.dry_run}});
  }

 private:
  std::string input_;
  std::uint64_t rows_ = 1000;
  double tolerance_ = 0.0001;
  std::int64_t shift_ = 0;
  bool deep_ = false;
  std::vector<std::string> tests_;
  std::int32_t fail_on_ = -1;
};

Outcome run_probe(const std::vector<std::string>& arguments) {
  std::vector<std::unique_ptr<Job>> jobs;
  jobs.push_back(std::make_unique<Probe>());
  Outcome outcome = test::run_program(world(), arguments, jobs);
  if (!world().is_root()) {
    EXPECT_EQ(outcome.out + outcome.err, "") << "only the root rank speaks";
  }
  return outcome;
}

// Same code on all ranks; the root's only line says `message`.
void expect_failure(const std::vector<std::string>& arguments, ExitCode code,
                    const std::string& message) {
  const Outcome outcome = run_probe(arguments);
  EXPECT_EQ(outcome.code, static_cast<int>(code));
  if (world().is_root()) {
    EXPECT_EQ(outcome.err, message + "\n");
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Run, WithoutAJobSaysHowToGoOn) {
  expect_failure({}, ExitCode::kUsage,
                 "tessera: error: which job? Usage: tessera JOB [options] (tessera --help)");
  expect_failure({"prob"}, ExitCode::kUsage,
                 "tessera: error: there is no job 'prob'; did you mean 'probe'? (tessera --help "
                 "lists them all)");
}

TEST(Run, HelpListsJobsOptionsAndDefaults) {
  const Outcome program = run_probe({"--help"});
  const Outcome job = run_probe({"probe", "--help"});
  EXPECT_EQ(program.code + job.code, 0);
  if (world().is_root()) {
    EXPECT_THAT(program.out, HasSubstr("probe      look at the options"));
    EXPECT_THAT(program.out, HasSubstr("65  the data cannot be used"));
    EXPECT_THAT(job.out, HasSubstr("Probing:"));
    EXPECT_THAT(job.out, HasSubstr("--rows N (=1000)"));
    EXPECT_THAT(job.out, HasSubstr("--tolerance X (=0.0001)"));
    EXPECT_THAT(job.out, HasSubstr("--seed N (=0)"));
  }
}

TEST(Run, VersionIsALineOrTheWholeBuild) {
  const Outcome line = run_probe({"--version"});
  const Outcome whole = run_probe({"--version", "-v"});
  EXPECT_EQ(line.code + whole.code, 0);
  if (world().is_root()) {
    EXPECT_THAT(line.out, ::testing::MatchesRegex("tessera [0-9.]+ \\(.*\\)\n"));
    EXPECT_THAT(whole.out, ::testing::StartsWith(line.out));
    for (const char* label : {"commit", "compiler", "build type", "MPI", "HDF5", "SIMD"}) {
      EXPECT_THAT(whole.out, ContainsRegex(std::string("\n  ") + label + " +[A-Za-z0-9]"));
    }
    EXPECT_THAT(whole.out, HasSubstr("VNNI"));
  }
}

TEST(Run, MistakesOnTheCommandLineAreUsageErrors) {
  const std::string lead = "tessera probe: error: ";
  expect_failure({"probe", "--row", "5"}, ExitCode::kUsage,
                 lead +
                     "there is no option --row; did you mean '--rows'? (tessera probe --help "
                     "lists them all)");
  expect_failure({"probe", "--rows", "many"}, ExitCode::kUsage,
                 lead + "--rows takes a whole number from 0 to 18446744073709551615, not 'many'");
  expect_failure({"probe", "--rows=-1"}, ExitCode::kUsage,
                 lead + "--rows takes a whole number from 0 to 18446744073709551615, not '-1'");
  expect_failure(
      {"probe", "--rows", "99999999999999999999"}, ExitCode::kUsage,
      lead +
          "--rows takes a whole number from 0 to 18446744073709551615, not '99999999999999999999'");
  expect_failure({"probe", "--tolerance", "x"}, ExitCode::kUsage,
                 lead + "--tolerance takes a finite number, not 'x'");
  expect_failure({"probe", "--rows", "1", "--rows", "2"}, ExitCode::kUsage,
                 lead + "--rows is given more than once");
  expect_failure({"probe", "--deep", "--deep"}, ExitCode::kUsage,
                 lead + "--deep is given more than once");
  expect_failure({"probe", "a.h5", "b.h5"}, ExitCode::kUsage,
                 lead +
                     "'b.h5' stands alone: an option with its value looks like --name VALUE "
                     "(tessera probe --help)");
  expect_failure({"probe", "-q", "-v"}, ExitCode::kUsage,
                 lead + "--quiet and --verbose exclude each other");
  expect_failure({"probe", "--rows", "0"}, ExitCode::kUsage,
                 lead + "--rows 0: at least one row is needed");
  expect_failure({"probe", "--shift", "1001"}, ExitCode::kUsage,
                 lead + "--shift 1001: expected a whole number from -9223372036854775808 to 1000");
  EXPECT_EQ(run_probe({"probe", "--rows"}).code, static_cast<int>(ExitCode::kUsage));
}

TEST(Run, JsonStandsAloneOnStdout) {
  const Outcome outcome = run_probe({"probe", "--json", "--deep", "a.h5", "--shift", "-7",
                                     "--seed=18446744073709551615", "--dry-run"});
  EXPECT_EQ(outcome.code, 0);
  if (world().is_root()) {
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["input"], "a.h5");
    EXPECT_EQ(json["rows"], 1000);
    EXPECT_EQ(json["shift"], -7);
    EXPECT_EQ(json["seed"], UINT64_MAX);
    EXPECT_EQ(json["deep"], true);
    EXPECT_EQ(json["dry_run"], true);
    EXPECT_TRUE(json["timings"].contains("probing"));
    EXPECT_TRUE(json["timings"].contains("total"));
    EXPECT_GT(json["peak_memory_bytes"], 0);
  }
}

TEST(Run, LogsGoToStderrAndResultsToStdout) {
  const Outcome outcome = run_probe({"probe", "a b.h5"});
  EXPECT_EQ(outcome.code, 0);
  if (world().is_root()) {
    EXPECT_EQ(outcome.out, "a result\n");
    EXPECT_THAT(outcome.err, HasSubstr("tessera probe 'a b.h5'"));
    EXPECT_THAT(outcome.err, HasSubstr("\nprobing\n"));
    EXPECT_THAT(outcome.err, HasSubstr("tessera probe: warning: a warning\n"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("in detail")));
    EXPECT_THAT(outcome.err, ContainsRegex("probing +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ %"));
  }
  const Outcome quiet = run_probe({"probe", "-q"});
  const Outcome verbose = run_probe({"probe", "-v"});
  if (world().is_root()) {
    EXPECT_EQ(quiet.out, "");
    EXPECT_EQ(quiet.err, "tessera probe: warning: a warning\n");
    EXPECT_THAT(verbose.err, HasSubstr("in detail\n"));
  }
}

TEST(Run, TheCommandLineWinsOverTheFile) {
  const SharedFolder folder;
  const std::string path = folder / "probe.ini";
  write_file(path, "# probing\nrows = 5\ntolerance = 0.5\ndeep = true\n");
  const Outcome outcome =
      run_probe({"probe", "--config", path, "--rows", "7", "--json", "--quiet"});
  EXPECT_EQ(outcome.code, 0);
  if (world().is_root()) {
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["rows"], 7);
    EXPECT_EQ(json["tolerance"], 0.5);
    EXPECT_EQ(json["deep"], true);
  }
}

TEST(Run, AnOptionMayBeGivenSeveralTimes) {
  const SharedFolder folder;
  const std::string config = folder / "probe.ini";
  write_file(config, "test = a > 1, b\ntest = c = # 2\n");
  const auto tests = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = run_probe(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return world().is_root() ? nlohmann::json::parse(outcome.out).at("test") : nlohmann::json();
  };
  const auto none = tests({"probe", "--json"});
  const auto some = tests({"probe", "--json", "--test", "x < 1,2", "--test", "y"});
  const auto file = tests({"probe", "--json", "--config", config});
  const auto both = tests({"probe", "--json", "--config", config, "--test", "z"});
  const Outcome dump = run_probe({"probe", "--config", config, "--dump-config"});
  if (world().is_root()) {
    EXPECT_EQ(none, nlohmann::json::array());
    EXPECT_EQ(some, nlohmann::json({"x < 1,2", "y"}));
    EXPECT_EQ(file, nlohmann::json({"a > 1, b", "c ="}));
    EXPECT_EQ(both, nlohmann::json({"z"})) << "the command line's stand for all of the file's";
    EXPECT_THAT(dump.out, HasSubstr("\ntest = a > 1, b\ntest = c =\n"));
  }
}

TEST(Run, DumpedConfigComesBack) {
  const SharedFolder folder;
  const Outcome first =
      run_probe({"probe", "# a.h5", "--tolerance", "1e-7", "--deep", "--dump-config"});
  EXPECT_EQ(first.code, 0);
  const std::string path = folder / "dumped.ini";
  write_file(path, first.out);
  const Outcome second = run_probe({"probe", "--config", path, "--dump-config"});
  EXPECT_EQ(second.code, 0) << second.err;
  if (world().is_root()) {
    EXPECT_THAT(first.out, HasSubstr("input = \"# a.h5\"\n"));
    EXPECT_THAT(first.out, HasSubstr("tolerance = 1e-07\n"));
    EXPECT_THAT(first.out, HasSubstr("deep = true\n"));
    EXPECT_EQ(first.out, second.out);
  }
}

TEST(Run, MistakesInTheFileNameItAndTheLine) {
  const SharedFolder folder;
  const std::string path = folder / "probe.ini";
  const std::string lead = "tessera probe: error: " + path + ": line 2: ";
  const auto expect = [&](const std::string& line, const std::string& message) {
    write_file(path, "tolerance = 1\n" + line + "\n");
    expect_failure({"probe", "--config", path}, ExitCode::kConfig, lead + message);
  };
  expect("rosw = 5", "'rosw' is not an option of this job; did you mean 'rows'?");
  expect("row = 5", "'row' is not an option of this job; did you mean 'rows'?");
  expect("rows = five", "'rows' takes a whole number from 0 to 18446744073709551615, not 'five'");
  expect("rows = -5", "'rows' takes a whole number from 0 to 18446744073709551615, not '-5'");
  expect("deep = perhaps", "'deep' takes true or false, not 'perhaps'");
  expect("tolerance = 2", "'tolerance' is given more than once");
  expect("config = other.ini", "'config' belongs on the command line");
  expect("shift = 1001", "'shift' 1001: expected a whole number from -9223372036854775808 to 1000");
  expect("rows = 0", "'rows' 0: at least one row is needed");
  expect_failure({"probe", "--config", path, "--rows", "0"}, ExitCode::kUsage,
                 "tessera probe: error: --rows 0: at least one row is needed");
  expect_failure({"probe", "--config", folder / "no.ini"}, ExitCode::kConfig,
                 "tessera probe: error: " + (folder / "no.ini") +
                     ": cannot read the configuration file: No such file or directory");
  expect_failure(
      {"probe", "--config", folder / ""}, ExitCode::kConfig,
      "tessera probe: error: " + (folder / "") + ": is a folder, not a configuration file");
}

TEST(Run, AFailureOnOneRankIsOneMessage) {
  const int last = world().size() - 1;
  const Outcome outcome = run_probe({"probe", "-q", "--fail-on", std::to_string(last)});
  EXPECT_EQ(outcome.code, static_cast<int>(ExitCode::kBadData));
  if (world().is_root()) {
    EXPECT_EQ(outcome.err, fmt::format("tessera probe: error: rank {} cannot read\n", last));
  }
}

TEST(Run, TheLogFileIsPrivateAndDetailed) {
  const SharedFolder folder;
  const std::string path = folder / "run.log";
  EXPECT_EQ(run_probe({"probe", "-q", "--log-file", path}).code, 0);
  if (world().is_root()) {
    std::ostringstream log;
    log << std::ifstream(path).rdbuf();
    EXPECT_THAT(log.str(), HasSubstr("in detail\n"));
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
  }
  expect_failure({"probe", "--log-file", folder / "no/run.log"}, ExitCode::kCannotCreate,
                 "tessera probe: error: " + (folder / "no/run.log") +
                     ": cannot open the log file: No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(folder / "no"));
}

}  // namespace
}  // namespace tessera::app
