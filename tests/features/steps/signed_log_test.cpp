#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

TEST(SignedLog, AgreesWithNumpy) { test::expect_as_golden("signed_log"); }

TEST(SignedLog, ComesBack) {
  const StepKind& step = *find_step_kind("signed-log");
  for (const double x : {-1e9, -1.0, -0.25, 0.0, 1e-12, 3.5, 1e15}) {
    double value = x;
    step.forward({}, {&value, 1});
    EXPECT_NEAR(step.back({}, value), x, 1e-13 * std::abs(x));
  }
}

TEST(SignedLog, TakesNoArgument) {
  test::expect_error(ExitCode::kUsage, "\"signed-log\" alone",
                     [] { (void)parse_chain("signed-log 2", false); });
}

}  // namespace
}  // namespace tessera::features
