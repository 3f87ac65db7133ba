#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(Limit, AgreesWithNumpy) { test::expect_as_golden("limit"); }

TEST(Limit, SaysWhatIsExpected) {
  for (const char* text : {"limit", "limit 5", "limit 9:1", "limit :", "limit a:b", "limit 1:1",
                           "limit nan:1", "limit 0:inf"}) {
    test::expect_error(ExitCode::kUsage, "LOW:HIGH", [&] { (void)parse_chain(text, false); });
  }
  MemoryTable table(5);
  table.add_numbers("x", {1, 2, 3, 4, 9});
  FitOptions options{.features = {"x"}};
  options.columns = {{"x", "limit 10:20", true, "[column x]"}};
  test::expect_error(ExitCode::kBadData, "limited, all its values are 10",
                     [&] { (void)fit(test::world(), table, options); });
}

TEST(Limit, TellsOfTheSideThatIsLimited) {
  const StepKind& limit = *find_step_kind("limit");
  EXPECT_EQ(limit.describe(limit.fit("0:", {.range = {1, 2}}).numbers), "at least 0");
  EXPECT_EQ(limit.describe(limit.fit(":7", {.range = {1, 2}}).numbers), "at most 7");
  EXPECT_EQ(limit.describe(limit.fit("-3:7", {.range = {1, 2}}).numbers), "limited to -3 ... 7");
}

}  // namespace
}  // namespace tessera::features
