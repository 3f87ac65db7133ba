#include "tessera/numeric/extremes.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/world.hpp"

namespace tessera::numeric {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Extremes, PassOverNaNsWhereverTheyStand) {
  for (std::size_t count = 2; count < 40; ++count) {
    for (std::size_t low = 0; low < count; ++low) {
      std::vector<double> values(count, kNaN);
      values[low] = -3;
      values[(low + 1) % count] = 2;
      const Extremes found = extremes_of(values);
      EXPECT_EQ(found.least, -3);
      EXPECT_EQ(found.greatest, 2);
      EXPECT_EQ(found.missing, count - 2);
      EXPECT_EQ(found.magnitude(), 3);
    }
  }
}

TEST(Extremes, OfNothingHaveNoMagnitude) {
  EXPECT_EQ(extremes_of({}).magnitude(), 0);
  EXPECT_EQ(extremes_of(std::vector<double>(20, kNaN)).magnitude(), 0);
}

TEST(Extremes, AreThoseOfAllRanks) {
  const double rank = test::world().rank();
  const std::vector<double> mine{rank, -rank, kNaN};
  Extremes range = extremes_of(mine);
  range.all_reduce(test::world());
  EXPECT_EQ(range.greatest, test::world().size() - 1);
  EXPECT_EQ(range.least, 1 - test::world().size());
  EXPECT_EQ(range.missing, static_cast<std::uint64_t>(test::world().size()));
}

}  // namespace
}  // namespace tessera::numeric
