// Scores, rules, and what an audit says of them.
#include "tessera/rfm/scores.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "support/world.hpp"

namespace tessera {
namespace {

using rfm::Rule;
using rfm::RuleTable;
using rfm::Scores;
using test::expect_error;

TEST(Scores, AreQuintiles) {
  // 0 ... 99, each on one rank
  std::vector<double> mine;
  for (int i = test::world().rank(); i < 100; i += test::world().size()) {
    mine.push_back((i * 37) % 100);
  }
  const rfm::Cuts cuts = rfm::quintiles(test::world(), mine, 100);
  EXPECT_DOUBLE_EQ(cuts[0], 19.8);
  EXPECT_DOUBLE_EQ(cuts[3], 79.2);
  EXPECT_EQ(rfm::score_of(0, cuts), 1);
  EXPECT_EQ(rfm::score_of(19, cuts), 1);
  EXPECT_EQ(rfm::score_of(20, cuts), 2);
  EXPECT_EQ(rfm::score_of(99, cuts), 5);
  EXPECT_EQ(rfm::recency_score_of(0, cuts), 5);
  EXPECT_EQ(rfm::recency_score_of(99, cuts), 1);
}

TEST(Scores, TiesAreInOneBin) {
  const rfm::Cuts cuts = {1, 1, 2, 4};
  EXPECT_EQ(rfm::score_of(1, cuts), 1) << "a value at a cut is in the lower bin";
  EXPECT_EQ(rfm::score_of(2, cuts), 3) << "nobody is in 2";
  EXPECT_EQ(rfm::score_of(4, cuts), 4);
  EXPECT_EQ(rfm::score_of(5, cuts), 5);
}

TEST(Scores, CellsAreNumbered) {
  for (std::size_t cell = 0; cell < Scores::kCells; ++cell) {
    EXPECT_EQ(Scores::of_cell(cell).cell(), cell);
  }
  EXPECT_EQ((Scores{1, 1, 1}.cell()), 0U);
  EXPECT_EQ((Scores{5, 5, 5}.cell()), Scores::kCells - 1);
  EXPECT_EQ((Scores{1, 2, 3}.fm()), 3) << "halves go up";
}

const std::vector<std::uint64_t> kOneEach(Scores::kCells, 1);

TEST(Rules, CustomaryOnesCoverAllWithoutOverlap) {
  for (const bool has_amounts : {true, false}) {
    const RuleTable table(rfm::customary_rules(), has_amounts);
    std::uint64_t customers = 0;
    for (const RuleTable::Audit& audit : table.audit(kOneEach)) {
      EXPECT_TRUE(audit.can_match);
      EXPECT_TRUE(audit.earlier.empty());
      EXPECT_EQ(audit.taken, 0U);
      customers += audit.customers;
    }
    EXPECT_EQ(customers, has_amounts ? 125U : 25U);
  }
}

TEST(Rules, CustomaryOnesSayWhatTheirNamesDo) {
  const RuleTable table(rfm::customary_rules(), true);
  const auto segment = [&](int r, int f, int m) {
    return table.rules()[table.rule_of({r, f, m})].segment;
  };
  EXPECT_EQ(segment(5, 5, 5), "Champions");
  EXPECT_EQ(segment(4, 4, 5), "Loyal");
  EXPECT_EQ(segment(4, 2, 3), "Potential loyalists");
  EXPECT_EQ(segment(5, 1, 1), "New");
  EXPECT_EQ(segment(4, 1, 1), "Promising");
  EXPECT_EQ(segment(3, 3, 3), "Need attention");
  EXPECT_EQ(segment(3, 1, 2), "About to sleep");
  EXPECT_EQ(segment(2, 4, 4), "At risk");
  EXPECT_EQ(segment(1, 5, 5), "Can't lose them");
  EXPECT_EQ(segment(2, 2, 2), "Hibernating");
  EXPECT_EQ(segment(1, 1, 1), "Lost");
}

TEST(Rules, TheFirstMatchWinsAndTheAuditSaysSo) {
  const std::vector<Rule> rules = {{.segment = "recent", .r = {4, 5}},
                                   {.segment = "frequent", .f = {5, 5}},
                                   {.segment = "never", .r = {5, 5}, .fm = {1, 2}},
                                   {.segment = "rest"}};
  const RuleTable table(rules, true);
  EXPECT_EQ(table.rule_of({4, 5, 1}), 0U);
  EXPECT_EQ(table.rule_of({3, 5, 1}), 1U);
  EXPECT_EQ(table.rule_of({3, 4, 1}), 3U);
  const std::vector<RuleTable::Audit> audit = table.audit(kOneEach);
  EXPECT_EQ(audit[0].customers, 50U);
  EXPECT_EQ(audit[1].customers, 15U);
  EXPECT_EQ(audit[1].taken, 10U);
  EXPECT_EQ(audit[1].earlier, (std::vector<std::size_t>{0}));
  EXPECT_FALSE(audit[2].can_match);
  EXPECT_EQ(audit[2].earlier, (std::vector<std::size_t>{0}));
  EXPECT_EQ(audit[3].customers, 60U);
  EXPECT_EQ(audit[3].earlier, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(rules[2].text(), "r = 5, fm = 1-2");
  EXPECT_EQ(rules[3].text(), "all");
}

TEST(Rules, EveryCustomerMatchesOne) {
  expect_error(ExitCode::kConfig, "no rule matches a customer with r = 1, f = 1, m = 1", [] {
    const RuleTable table({{.segment = "some", .r = {2, 5}}}, true);
  });
  expect_error(ExitCode::kConfig, "looks at m", [] {
    const RuleTable table({{.segment = "a", .m = {2, 5}}, {.segment = "b"}}, false);
  });
  // without amounts f and m are one
  const RuleTable table({{.segment = "low", .fm = {1, 2}}, {.segment = "high", .f = {3, 5}}},
                        false);
  EXPECT_EQ(table.rule_of({1, 3, 3}), 1U);
}

}  // namespace
}  // namespace tessera
