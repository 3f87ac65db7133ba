#include "tessera/numeric/maximum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tessera::numeric {
namespace {

TEST(PlaceOfMaximum, IsFound) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_NEAR(place_of_maximum(-5, 5, [](double x) { return -(x - 2) * (x - 2); }), 2, 1e-8);
  EXPECT_NEAR(place_of_maximum(-5, 5, [](double x) { return std::exp(-x * x) * (x + 3); }),
              (std::sqrt(11.0) - 3) / 2, 1e-7);
  EXPECT_NEAR(place_of_maximum(-5, 5, [](double x) { return -std::fabs(x + 4.25); }), -4.25, 1e-8);
  EXPECT_NEAR(place_of_maximum(-5, 5, [](double x) { return x; }), 5, 1e-8);
  EXPECT_NEAR(place_of_maximum(-5, 5, [](double x) { return -x; }), -5, 1e-8);
  EXPECT_NEAR(
      place_of_maximum(-5, 5, [&](double x) { return std::fabs(x) > 3 ? -inf : x - x * x; }), 0.5,
      1e-8);
}

TEST(PlaceOfMaximum, AsksForFewValues) {
  int asked = 0;
  (void)place_of_maximum(-5, 5, [&](double x) {
    ++asked;
    return -std::cosh(x - 0.7);
  });
  EXPECT_LT(asked, 40);
  asked = 0;
  (void)place_of_maximum(-5, 5, [&](double /*x*/) {
    ++asked;
    return 1.0;
  });
  EXPECT_LE(asked, 200);
}

}  // namespace
}  // namespace tessera::numeric
