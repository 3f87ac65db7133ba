#include "tessera/numeric/normal.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera::numeric {
namespace {

TEST(Normal, QuantilesAreThoseOfScipy) {
  // scipy.special.ndtri
  EXPECT_NEAR(normal_quantile(1e-300), -37.0470962993612, 3.7e-13);
  EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798409, 9.3e-14);
  EXPECT_NEAR(normal_quantile(1e-07), -5.1993375821928165, 5.2e-14);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 3.1e-14);
  EXPECT_NEAR(normal_quantile(0.02425), -1.972961051311885, 2.0e-14);
  EXPECT_NEAR(normal_quantile(0.0749), -1.4402382675279635, 1.4e-14);
  EXPECT_NEAR(normal_quantile(0.0751), -1.4388253927525403, 1.4e-14);
  EXPECT_NEAR(normal_quantile(0.3), -0.5244005127080409, 1.0e-14);
  EXPECT_NEAR(normal_quantile(0.5), 0.0, 1.0e-14);
  EXPECT_NEAR(normal_quantile(0.6), 0.2533471031357997, 1.0e-14);
  EXPECT_NEAR(normal_quantile(0.925), 1.4395314709384563, 1.4e-14);
  EXPECT_NEAR(normal_quantile(0.99), 2.3263478740408408, 2.3e-14);
  EXPECT_NEAR(normal_quantile(0.9999999), 5.199337582290661, 5.2e-14);
  EXPECT_EQ(normal_quantile(0), -INFINITY);
  EXPECT_EQ(normal_quantile(1), INFINITY);
}

TEST(Normal, SharesLeadBack) {
  for (const double p : {1e-9, 0.01, 0.4, 0.5, 0.77, 0.999}) {
    EXPECT_NEAR(normal_share(normal_quantile(p)), p, 1e-14);
  }
}

}  // namespace
}  // namespace tessera::numeric
