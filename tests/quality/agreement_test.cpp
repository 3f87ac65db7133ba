// Agreement with known labels: the table over ranks, and its edges.
#include "tessera/quality/agreement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/world.hpp"
#include "tessera/base/error.hpp"

namespace tessera {
namespace {

using quality::Contingency;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Contingency, JoinsLabelsThatOnlySomeRanksHave) {
  Contingency table("known", 2);
  const auto ranks = static_cast<std::uint64_t>(test::world().size());
  if (test::world().rank() + 1 == test::world().size()) {
    table.add("only here", 0);
    table.add("", 1);
  }
  table.add("everywhere", 1);
  table.merge(test::world());
  EXPECT_THAT(table.counts(), ElementsAre(Pair("everywhere", ElementsAre(0, ranks)),
                                          Pair("only here", ElementsAre(1, 0))));
  EXPECT_EQ(table.missing(), 1U);
}

TEST(Contingency, RefusesAnIdentifierOnAllRanks) {
  Contingency table("customer", 2);
  const int ranks = test::world().size();
  // a table that is within the limit on every rank, but not over all of them
  const std::size_t each = Contingency::kMaxLabels / static_cast<std::size_t>(ranks) + 1;
  const auto fill = [&] {
    for (std::size_t i = 0; i < each; ++i) {
      table.add(std::to_string(test::world().rank()) + "-" + std::to_string(i), 0);
    }
  };
  if (ranks == 1) {
    EXPECT_THROW(fill(), Error);
    return;
  }
  fill();
  try {
    table.merge(test::world());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadData);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("'customer'"));
  }
}

TEST(Agreement, IsNotDefinedWithoutLabels) {
  Contingency table("known", 2);
  table.add("", 0);
  table.merge(test::world());
  EXPECT_FALSE(quality::agreement(table).has_value());
}

TEST(Agreement, OfTheSamePartitionIsOne) {
  Contingency table("known", 3);
  for (int i = 0; i < 3; ++i) {
    table.add("b", 0);
    table.add("a", 2);
  }
  table.merge(test::world());
  const auto value = quality::agreement(table);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->ari, 1);
  EXPECT_DOUBLE_EQ(value->nmi, 1);
}

TEST(Agreement, OfOneGroupWithOneSegmentIsOne) {
  Contingency table("known", 1);
  table.add("a", 0);
  table.merge(test::world());
  const auto value = quality::agreement(table);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->ari, 1);
  EXPECT_EQ(value->nmi, 1);
}

TEST(Agreement, CanBeWorseThanChance) {
  // every label meets every segment once: pairs agree less often than at random
  Contingency table("known", 2);
  if (test::world().is_root()) {
    for (const char* label : {"a", "b"}) {
      table.add(label, 0);
      table.add(label, 1);
    }
  }
  table.merge(test::world());
  const auto value = quality::agreement(table);
  ASSERT_TRUE(value);
  EXPECT_DOUBLE_EQ(value->ari, -0.5);
  EXPECT_EQ(value->nmi, 0);
}

}  // namespace
}  // namespace tessera
