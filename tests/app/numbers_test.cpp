// Every option that takes a number, given numbers that are too small, too large, or none: what can
// never be is refused before the work, by the dry run and the run in the same words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/error.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::app {
namespace {

using test::Outcome;
using test::run_program;
using test::SharedFolder;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

constexpr std::uint64_t kAny = UINT64_MAX;
constexpr std::chrono::seconds kAtOnce(3);  // of many ranks on few cores

/// What an option takes: whole numbers in a range, or reals.
struct Limits {
  std::string job;
  std::string option;
  std::uint64_t least = 0;
  std::uint64_t most = kAny;
  std::string range;  ///< as the message has it
  bool is_real = false;
  std::uint64_t tried = kAny;  ///< greater ones would take long
};

std::vector<Limits> all_limits() {
  return {
      {"generate", "rows", 1, 1'000'000'000'000, "a whole number from 1 to 1000000000000", false,
       10'000'000},
      {"generate", "segments", 1, 1000, "a whole number from 1 to 1000"},
      {"generate", "transactions", 0, 1'000'000'000'000, "a whole number from 0 to 1000000000000",
       false, 10'000'000},
      {"train", "segments", 1, 65'534, "a whole number from 1 to 65534"},
      {"train", "silhouette-sample", 0, 20'000, "a whole number from 0 to 20000"},
      {"train", "restarts", 1, 1'000'000, "a whole number from 1 to 1000000, or auto", false, 100},
      {"train", "max-iterations", 1, kAny, "a whole number from 1 to 18446744073709551615"},
      {"train", "polish", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"train", "tolerance", 0, 1'000'000, "a number from 0 to 1000000", true},
      {"train", "drop-constant", 0, 1, "a number from 0 to 1", true},
      {"train", "drop-correlated", 0, 1, "a number from 0 to 1", true},
      {"rfm", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"evaluate", "exact-rows", 0, 1'000'000, "a whole number from 0 to 1000000"},
      {"evaluate", "silhouette-sample", 1, 1'000'000, "a whole number from 1 to 1000000"},
      {"train", "min-group", 1, kAny, "a whole number from 1 to 18446744073709551615"},
      {"check", "min-group", 1, kAny, "a whole number from 1 to 18446744073709551615"},
      {"check", "correlated", 0, 1, "a number from 0 to 1", true},
      {"check", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"evaluate", "min-group", 1, kAny, "a whole number from 1 to 18446744073709551615"},
      {"inspect", "min-group", 1, kAny, "a whole number from 1 to 18446744073709551615"},
      {"generate", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"ingest", "skip-lines", 0, kAny, "a number of lines from 0 on"},
      {"ingest", "header-lines", 1, kAny, "a number of lines from 1 on"},
      {"ingest", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"train", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"evaluate", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"score", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
      {"inspect", "seed", 0, kAny, "a whole number from 0 to 18446744073709551615"},
  };
}

struct Text {
  std::string text;
  std::optional<std::uint64_t> whole;  ///< if it is one of 64 bits
  double real = NAN;                   ///< if it is a number
};

std::vector<Text> all_texts() {
  std::vector<Text> texts = {{"-1", {}, -1},
                             {"18446744073709551616", {}, 0x1p64},
                             {"36893488147419103233", {}, 0x1p65},  // 1, if it wrapped around
                             {"1e400", {}},
                             {"-1e400", {}},
                             {"1e-400", {}},
                             {"1e300", {}, 1e300},
                             {"0.5", {}, 0.5},
                             {"nan", {}},
                             {"inf", {}},
                             {"-inf", {}},
                             {"", {}},
                             {" ", {}},
                             {" 5", {}},
                             {"5 ", {}},
                             {"5x", {}},
                             {"0x10", {}},
                             {"1,000", {}},
                             {"\xEF\xBC\x95", {}}};  // a 5, but of full width
  for (const std::uint64_t whole :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{30}, std::uint64_t{1} << 31U,
        (std::uint64_t{1} << 32U) - 1, std::uint64_t{1} << 32U, (std::uint64_t{1} << 32U) + 1,
        std::uint64_t{1} << 63U, UINT64_MAX}) {
    texts.push_back({std::to_string(whole), whole, static_cast<double>(whole)});
  }
  if (test::world().size() > 2) {  // more ranks than cores take long: of all kinds some
    std::erase_if(texts, [](const Text& one) {
      return one.text != "-1" && one.text != "nan" && one.text != "" && one.text != "30" &&
             one.text != "4294967296" && one.text != "18446744073709551616";
    });
  }
  return texts;
}

bool is_in_range(const Limits& limits, const Text& text) {
  if (limits.is_real) {
    return text.real >= static_cast<double>(limits.least) &&
           text.real <= static_cast<double>(limits.most);
  }
  return text.whole && *text.whole >= limits.least && *text.whole <= limits.most;
}

class Numbers : public ::testing::Test {
 protected:
  Numbers() {
    EXPECT_EQ(run_program({"generate", "-q", "--rows", "60", "--segments", "2", "--output",
                           folder_ / "in.csv"})
                  .code,
              0);
    EXPECT_EQ(
        run_program({"ingest", "-q", "--input", folder_ / "in.csv", "--output", folder_ / "in.h5"})
            .code,
        0);
    EXPECT_EQ(run_program({"generate", "-q", "--rows", "20", "--transactions", "60", "--output",
                           folder_ / "sold.csv"})
                  .code,
              0);
    EXPECT_EQ(run_program(train("2")).code, 0);
  }

  [[nodiscard]] Arguments train(const std::string& segments) const {
    Arguments arguments = {"train", "-q",          "--input",  folder_ / "in.h5",
                           "--id",  "customer_id", "--output", folder_ / "model.h5"};
    if (!segments.empty()) {
      arguments.insert(arguments.end(), {"--segments", segments});
    }
    return arguments;
  }

  /// A run of the job that lacks the option alone.
  [[nodiscard]] Arguments command(const Limits& limits) const {
    if (limits.job == "generate") {
      Arguments arguments = {"generate", "-q", "--output", folder_ / "out.csv"};
      if (limits.option != "rows") {
        arguments.insert(arguments.end(), {"--rows", "100"});
      }
      return arguments;
    }
    if (limits.job == "ingest") {
      return {"ingest", "-q", "--input", folder_ / "in.csv", "--output", folder_ / "out.h5"};
    }
    if (limits.job == "train") {
      Arguments arguments = train(limits.option == "segments" ? "" : "2");
      if (limits.option == "polish") {
        arguments.insert(arguments.end(), {"--method", "bisecting"});
      }
      return arguments;
    }
    if (limits.job == "rfm") {
      return {"rfm",         "-q",     "--input", folder_ / "sold.csv", "--customer",
              "customer_id", "--date", "date",    "--output",           folder_ / "out.csv"};
    }
    if (limits.job == "check") {
      return {"check", "-q", "--input", folder_ / "in.csv"};
    }
    if (limits.job == "inspect") {
      return {"inspect", "-q", "--input", folder_ / "model.h5"};
    }
    Arguments arguments = {limits.job,        "-q",      "--input",
                           folder_ / "in.h5", "--model", folder_ / "model.h5"};
    if (limits.job == "score") {
      arguments.insert(arguments.end(), {"--output", folder_ / "out.csv"});
    }
    return arguments;
  }

  SharedFolder folder_;
};

Outcome with(Arguments arguments, const std::string& more) {
  arguments.push_back(more);
  return run_program(arguments);
}

bool is_read_option(const std::string& option) {
  bool is = false;
  const table::ReadOptions options;
  visit_fields(options, [&](const auto&, const Field& field) {
    std::string name(field.name);
    std::ranges::replace(name, '_', '-');
    is = is || name == option;
  });
  return is;
}

// A new option that takes a number needs a line above.
TEST_F(Numbers, AreAllListedHere) {
  std::vector<Limits> limits = all_limits();
  for (const std::unique_ptr<Job>& job : all_jobs()) {
    Options options;
    CommonOptions common;
    job->list_options(options);
    options.add(common);
    for (const Option& option : options.all()) {
      const bool is_number = option.kind.find("number") != std::string::npos ||
                             option.field.value == "N" || option.field.value == "X";
      // how text is read is the same code in every job
      const std::string of = is_read_option(option.name) ? "ingest" : job->name();
      const bool is_listed = std::ranges::any_of(
          limits, [&](const Limits& one) { return one.job == of && one.option == option.name; });
      EXPECT_EQ(is_number, is_listed) << job->name() << " --" << option.name;
    }
  }
}

TEST_F(Numbers, ThatCannotBeAreRefusedBeforeTheWork) {
  for (const Limits& limits : all_limits()) {
    for (const Text& text : all_texts()) {
      if (is_in_range(limits, text)) {
        continue;
      }
      SCOPED_TRACE(limits.job + " --" + limits.option + " '" + text.text + "'");
      Arguments arguments = command(limits);
      arguments.insert(arguments.end(), {"--" + limits.option, text.text});
      const auto start = std::chrono::steady_clock::now();
      const Outcome outcome = run_program(arguments);
      EXPECT_LT(std::chrono::steady_clock::now() - start, kAtOnce);
      EXPECT_EQ(outcome.code, static_cast<int>(ExitCode::kUsage));
      if (test::world().is_root()) {
        EXPECT_THAT(outcome.err, HasSubstr("--" + limits.option));
        EXPECT_THAT(outcome.err, HasSubstr(limits.range));
      }
      const Outcome dry = with(arguments, "--dry-run");
      EXPECT_EQ(dry.code, outcome.code);
      EXPECT_EQ(dry.err, outcome.err);
    }
  }
}

TEST_F(Numbers, ThatMayBeEndAlikeDryOrNot) {
  for (const Limits& limits : all_limits()) {
    for (const Text& text : all_texts()) {
      if (!is_in_range(limits, text)) {
        continue;
      }
      SCOPED_TRACE(limits.job + " --" + limits.option + " '" + text.text + "'");
      Arguments arguments = command(limits);
      arguments.insert(arguments.end(), {"--" + limits.option, text.text});
      const auto start = std::chrono::steady_clock::now();
      const Outcome dry = with(arguments, "--dry-run");
      EXPECT_LT(std::chrono::steady_clock::now() - start, kAtOnce);
      EXPECT_NE(dry.code, static_cast<int>(ExitCode::kInternal)) << dry.err;
      if (dry.code == 0 && text.real > static_cast<double>(limits.tried)) {
        continue;
      }
      const Outcome outcome = run_program(arguments);
      EXPECT_EQ(outcome.code, dry.code) << outcome.err << dry.err;
      if (dry.code != 0) {
        EXPECT_EQ(outcome.err, dry.err);
      }
    }
  }
}

}  // namespace
}  // namespace tessera::app
