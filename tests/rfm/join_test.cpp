// Columns of another table: those of a map, at any number of ranks.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "rfm/groupings.hpp"
#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/rfm/transactions.hpp"

namespace tessera {
namespace {

using rfm::Grouped;
using rfm::Join;
using test::expect_error;
using test::MemoryTable;
using test::world;

constexpr std::size_t kRows = 3000;
constexpr unsigned kCustomers = 400;

std::string id_of(std::uint64_t customer) { return fmt::format("c{}", customer * 7919 % 1009); }

rfm::TransactionOptions columns() {
  rfm::TransactionOptions options;
  options.customer = "id";
  options.date = "date";
  return options;
}

/// All customers' values of a joined column of text, by their ids.
std::map<std::string, std::string> joined_of(const Grouped& grouped, const Join& join) {
  const auto joined = rfm::joined_columns(world(), join, grouped.customers.joined);
  const auto& values = std::get<std::vector<std::string>>(joined.at(0).values);
  std::string mine;
  for (std::size_t i = 0; i < values.size(); ++i) {
    mine += std::visit([&](const auto& ids) { return fmt::format("{}\t", ids[i]); },
                       grouped.customers.ids) +
            values[i] + "\n";
  }
  std::map<std::string, std::string> all;
  for (const std::string& theirs : world().all_gather_strings(mine)) {
    std::size_t begin = 0;
    for (std::size_t end = theirs.find('\n'); end != std::string::npos;
         end = theirs.find('\n', begin)) {
      const std::size_t tab = theirs.find('\t', begin);
      all[theirs.substr(begin, tab - begin)] = theirs.substr(tab + 1, end - tab - 1);
      begin = end + 1;
    }
  }
  return all;
}

TEST(Join, GivesCustomersTheirRows) {
  std::mt19937 random(4);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kRows; ++i) {
    ids.push_back(id_of(random() % kCustomers));
  }
  MemoryTable table(kRows);
  table.add_text("id", ids);
  table.add_text("date", std::vector<std::string>(kRows, "2024-01-01"));

  std::vector<std::string> known = {"", ""};
  for (unsigned customer = 100; customer < kCustomers + 50; ++customer) {
    known.push_back(id_of(customer));
  }
  std::shuffle(known.begin(), known.end(), random);
  std::vector<std::string> names;
  std::map<std::string, std::string> by_id;
  for (const std::string& id : known) {
    names.push_back("name of " + id);
    by_id[id] = names.back();
  }
  MemoryTable other(known.size());
  other.add_text("id", known);
  other.add_text("name", names);

  const Join join{other, {"id", "id"}};
  for (rfm::Grouping grouping : test::groupings()) {
    grouping.join = &join;
    const Grouped grouped = rfm::group(world(), table, columns(), no_progress(), grouping);
    std::map<std::string, std::string> expected;
    std::uint64_t matched = 0;
    for (const std::string& id : ids) {
      expected[id] = by_id.contains(id) ? by_id[id] : "";
    }
    for (const auto& [id, name] : expected) {
      matched += name.empty() ? 0U : 1U;
    }
    EXPECT_EQ(joined_of(grouped, join), expected);
    EXPECT_EQ(grouped.joined.rows, known.size());
    EXPECT_EQ(grouped.joined.without_key, 2U);
    EXPECT_EQ(grouped.joined.matched, matched);
    EXPECT_GT(matched, 100U);
    EXPECT_LT(matched, expected.size());
  }
}

// The region of the last purchase; of several at that time the greatest that is known.
TEST(Join, ByAnotherKeyTakesTheLast) {
  std::mt19937 random(5);
  const std::vector<std::string> regions = {"", "east", "north", "south", "west", "unknown"};
  std::vector<std::string> ids;
  std::vector<std::string> dates;
  std::vector<std::string> where;
  std::map<std::string, std::tuple<std::string, int, std::string>> last;
  std::map<std::string, std::vector<std::string>> all;
  for (std::size_t i = 0; i < kRows; ++i) {
    ids.push_back(id_of(random() % kCustomers));
    dates.push_back(fmt::format("2024-01-{:02}", 1 + random() % 20));
    where.push_back(regions[random() % (i % 3 == 0 ? regions.size() : 1)]);
    const std::string& region = where.back();
    auto& best = last[ids.back()];
    if (!region.empty()) {
      const bool known = region != "unknown";
      best = std::max(best, std::tuple(dates.back(), known ? 1 : 0, known ? region : ""));
      all[ids.back()].push_back(known ? region : "");
    }
  }
  MemoryTable table(kRows);
  table.add_text("id", ids);
  table.add_text("date", dates);
  table.add_text("region", where);
  MemoryTable other(4);
  other.add_category("code", {"east", "north", "south", "west"}, {2, 0, 3, 1});
  other.add_text("head", {"of south", "of east", "of west", "of north"});

  std::map<std::string, std::string> expected;
  std::uint64_t several = 0;
  for (const auto& [id, best] : last) {
    expected[id] = std::get<2>(best).empty() ? "" : "of " + std::get<2>(best);
    std::vector<std::string>& seen = all[id];
    std::ranges::sort(seen);
    several += !seen.empty() && seen.front() != seen.back() ? 1U : 0U;
  }
  const Join join{other, {"region", "code"}};
  for (rfm::Grouping grouping : test::groupings()) {
    grouping.join = &join;
    const Grouped grouped = rfm::group(world(), table, columns(), no_progress(), grouping);
    EXPECT_EQ(joined_of(grouped, join), expected);
    EXPECT_EQ(grouped.joined.several, several);
    EXPECT_GT(several, 50U);
  }
}

TEST(Join, NumbersAreEqualWhateverTheirType) {
  MemoryTable table(3);  // reals
  table.add_numbers("id", {1, 2.5, -0.0});
  table.add_text("date", std::vector<std::string>(3, "2024-01-01"));
  MemoryTable other(4);
  other.add_numbers("key", {0, 1, 7, MemoryTable::kMissing});
  other.add_text("name", {"zero", "one", "seven", "none"});
  const Join join{other, {"id", "key"}};
  const Grouped grouped = rfm::group(world(), table, columns(), no_progress(), {.join = &join});
  EXPECT_EQ(joined_of(grouped, join),
            (std::map<std::string, std::string>{{"0", "zero"}, {"1", "one"}, {"2.5", ""}}));
}

TEST(Join, SaysWhatCannotBe) {
  MemoryTable table(2);
  table.add_text("id", {"a", "b"});
  table.add_text("date", std::vector<std::string>(2, "2024-01-01"));
  table.add_numbers("shop", {1, 2});
  MemoryTable other(5);
  other.add_text("id", {"x", "b", "y", "b", "x"});
  other.add_numbers("shop", {1, 2, 3, 2, 5});
  const auto refuses = [&](const std::string& part, const rfm::JoinKey& key) {
    const Join join{other, key};
    expect_error(ExitCode::kBadData, part, [&] {
      (void)rfm::group(world(), table, columns(), no_progress(), {.join = &join});
    });
  };
  refuses("rows 1 and 5, column 'id': both are 'x'", {"id", "id"});
  refuses("rows 2 and 4, column 'shop': both are '2'", {"shop", "shop"});
  refuses("no column 'idd'", {"id", "idd"});
  refuses("no column 'region'", {"region", "id"});
  refuses("the key 'shop' is real, and 'id' of", {"id", "shop"});
}

}  // namespace
}  // namespace tessera
