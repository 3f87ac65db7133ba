#include "tessera/app/timings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/world.hpp"

namespace tessera::app {
namespace {

using test::world;

void wait(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

TEST(Timings, SectionsAndRestAddUp) {
  Timings timings;
  for (int i = 0; i < 2; ++i) {
    const auto section = timings.section("read");
    wait(10);
  }
  {
    const auto section = timings.section("compute");
    wait(5 * (world().rank() + 1));
  }
  wait(5);
  const nlohmann::json json = timings.to_json(world());
  EXPECT_EQ(json.size(), 4U);
  EXPECT_GE(json["read"]["min"].get<double>(), 0.020);
  EXPECT_GE(json["compute"]["max"].get<double>(), 0.005 * world().size());
  EXPECT_GE(json["rest"]["min"].get<double>(), 0.005);
  EXPECT_LE(json["read"]["min"].get<double>(), json["read"]["avg"].get<double>() + 1e-12);
  EXPECT_LE(json["read"]["avg"].get<double>(), json["read"]["max"].get<double>() + 1e-12);
  const double sum = json["read"]["avg"].get<double>() + json["compute"]["avg"].get<double>() +
                     json["rest"]["avg"].get<double>();
  EXPECT_LE(sum, json["total"].get<double>() + 1e-9);
  if (world().size() == 1) {
    EXPECT_NEAR(sum, json["total"].get<double>(), 1e-9);
  }
}

TEST(Timings, TableHasALineForEach) {
  Timings timings;
  { const auto section = timings.section("read the table"); }
  const std::string table = timings.table(world());
  EXPECT_THAT(table, ::testing::ContainsRegex("read the table +0\\.0"));
  EXPECT_THAT(table, ::testing::HasSubstr("\nrest "));
  EXPECT_THAT(table, ::testing::ContainsRegex("total .* 100\\.0 %"));
  EXPECT_THAT(table, ::testing::HasSubstr("peak memory"));
}

TEST(PeakMemory, CountsWhatIsTouched) {
  constexpr std::size_t kBytes = std::size_t{64} << 20U;
  const std::vector<char> touched(kBytes, 1);
  EXPECT_GE(peak_memory_bytes(world()), kBytes);
  EXPECT_EQ(touched.back(), 1);
}

}  // namespace
}  // namespace tessera::app
