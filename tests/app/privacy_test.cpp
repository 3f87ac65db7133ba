// What a customer alone has reaches no model, screen, log or report, unless asked otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

using test::content;
using test::Outcome;
using test::run_program;
using test::SharedFolder;
using test::world;
using ::testing::HasSubstr;
using ::testing::Not;
using Arguments = std::vector<std::string>;

class Privacy : public ::testing::Test {
 protected:
  // One customer earns as nobody else does, and is what nobody else is.
  Privacy() {
    std::string csv = "id,income,visits,flag,job\n";
    for (int i = 0; i < 300; ++i) {
      csv += fmt::format("c{},{},{},{},{}\n", i, 2000 + 10 * (i % 90), i % 2 == 0 ? 3 : 40,
                         i == 7 ? 1 : 0, i % 3 == 0 ? "clerk" : "smith");
    }
    csv += "c300,76543210,3,0,astronaut\n";
    test::write_file(folder_ / "in.csv", csv);
  }

  [[nodiscard]] Outcome train(const Arguments& more, const std::string& name = "m") const {
    Arguments arguments = {"train",
                           "--input",
                           folder_ / "in.csv",
                           "--id",
                           "id",
                           "--segments",
                           "3",
                           "--output",
                           folder_ / (name + ".h5"),
                           "--scores",
                           folder_ / (name + ".csv"),
                           "--log-file",
                           folder_ / (name + ".log")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome;
  }

  SharedFolder folder_;
};

TEST_F(Privacy, HidesWhatACustomerAloneHas) {
  const Outcome trained = train({"-v"});
  const std::string model = folder_ / "m.h5";
  std::string all = trained.out + trained.err + content(folder_ / "m.log") + content(model);
  for (const Arguments& command :
       {Arguments{"inspect", model}, Arguments{"inspect", model, "--json"},
        Arguments{"inspect", model, "--privacy"},
        Arguments{"evaluate", "--input", folder_ / "in.csv", "--model", model},
        Arguments{"score", "--input", folder_ / "in.csv", "--model", model, "--output",
                  folder_ / "s.csv"}}) {
    const Outcome outcome = run_program(command);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    all += outcome.out + outcome.err;
  }
  EXPECT_THAT(all, Not(HasSubstr("astronaut")));
  for (const char* income : {"76543210", "76,543,210", "7.654", "76543"}) {
    EXPECT_THAT(all, Not(HasSubstr(income)));
  }
  if (world().is_root()) {
    EXPECT_THAT(trained.err + trained.out, HasSubstr("segment 3 has 1 customer only"));
    EXPECT_THAT(trained.err + trained.out, HasSubstr("not told of fewer than 10"));
  }
}

TEST_F(Privacy, IsLiftedWhenAsked) {
  const Outcome trained = train({"--min-group", "1"});
  if (world().is_root()) {
    EXPECT_THAT(trained.out + trained.err, HasSubstr("76,543,210"));
    EXPECT_THAT(content(folder_ / "m.h5"), HasSubstr("astronaut"));
  }
  const Outcome inspected = run_program({"inspect", folder_ / "m.h5"});
  EXPECT_THAT(inspected.out, Not(HasSubstr("76,543,210"))) << "who only looks is asked as well";
  if (world().is_root()) {
    EXPECT_THAT(
        run_program(comm::LocalCommunicator(), {"inspect", folder_ / "m.h5", "--min-group", "1"})
            .out,
        HasSubstr("76,543,210"));
  }
}

TEST_F(Privacy, ChangesNoSegment) {
  (void)train({"-q"}, "hidden");
  (void)train({"-q", "--min-group", "1"}, "open");
  (void)run_program({"score", "-q", "--input", folder_ / "in.csv", "--model", folder_ / "hidden.h5",
                     "--output", folder_ / "scored.csv"});
  if (world().is_root()) {
    EXPECT_EQ(content(folder_ / "hidden.csv"), content(folder_ / "open.csv"));
    EXPECT_EQ(content(folder_ / "hidden.csv"), content(folder_ / "scored.csv"));
  }
}

TEST_F(Privacy, IsReported) {
  (void)train({"-q"}, "hidden");
  (void)train({"-q", "--min-group", "1"}, "open");
  const auto report = [&](const std::string& name) {
    const Outcome outcome =
        run_program({"inspect", "--privacy", "--json", folder_ / (name + ".h5")});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return world().is_root() ? nlohmann::json::parse(outcome.out) : nlohmann::json();
  };
  const nlohmann::json hidden = report("hidden");
  const nlohmann::json open = report("open");
  const Outcome of_table = run_program({"inspect", "--privacy", folder_ / "in.csv"});
  EXPECT_EQ(of_table.code, static_cast<int>(ExitCode::kBadData));
  if (!world().is_root()) {
    return;
  }
  EXPECT_EQ(hidden["trained_with_min_group"], 10);
  EXPECT_EQ(hidden["names_small_levels"], false);
  EXPECT_EQ(hidden["small_segments"].dump(), R"([{"customers":1,"means":false,"segment":3}])");
  EXPECT_EQ(open["trained_with_min_group"], 1);
  EXPECT_EQ(open["names_small_levels"], true);
  EXPECT_EQ(open["small_segments"].dump(), R"([{"customers":1,"means":true,"segment":3}])");
  std::string with_other;
  for (const nlohmann::json& level : hidden["levels"]) {
    with_other += fmt::format("{} {} ", level["column"].get<std::string>(),
                              level["has_other"].get<bool>() ? "yes" : "no");
  }
  EXPECT_EQ(with_other, "visits no flag yes job yes ");
}

}  // namespace
}  // namespace tessera::app
