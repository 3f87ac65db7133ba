#include "features/steps/against_golden.hpp"

namespace tessera::features {
namespace {

TEST(Standard, AgreesWithScikitLearn) { test::expect_as_golden("standard"); }

}  // namespace
}  // namespace tessera::features
