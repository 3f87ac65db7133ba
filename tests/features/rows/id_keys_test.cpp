#include "tessera/features/rows/id_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/rows/doubled_keys.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;

FeatureRows shard_of(std::uint64_t rows) {
  const comm::Share share = comm::share_of(rows, world().rank(), world().size());
  return FeatureRows({1, {}}, share.count, share.first);
}

TEST(IdKeys, OfANumberAreThoseOfItsText) {
  MemoryTable table(5);
  table.add_numbers("number", {12, 0, -7, 9007199254740991.0, 2.5});
  table.add_text("text", {"12", "0", "-7", "9007199254740991", "2.5"});
  table.add_category("category", {"-7", "0", "12", "2.5", "9007199254740991"}, {2, 1, 0, 4, 3});
  std::set<std::vector<std::uint64_t>> keys;
  for (const char* column : {"number", "text", "category"}) {
    FeatureRows rows = shard_of(5);
    const IdFaults faults = set_id_keys(world(), table, column, 3, rows);
    EXPECT_EQ(describe(faults, column), "");
    keys.emplace(rows.stored_keys().begin(), rows.stored_keys().end());
  }
  EXPECT_EQ(keys.size(), 1U);
  FeatureRows rows = shard_of(5);
  (void)set_id_keys(world(), table, "text", 4, rows);
  keys.emplace(rows.stored_keys().begin(), rows.stored_keys().end());
  EXPECT_EQ(keys.size(), rows.rows() == 0 ? 1U : 2U);  // another seed
}

TEST(IdKeys, CountWhatIsDoubledOverAllRanks) {
  std::vector<double> ids(1000);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<double>(i);
  }
  ids[999] = 3;
  ids[500] = 3;
  ids[40] = 41;
  ids[7] = MemoryTable::kMissing;
  MemoryTable table(1000);
  table.add_numbers("id", ids);
  FeatureRows rows = shard_of(1000);
  const IdFaults faults = set_id_keys(world(), table, "id", 3, rows);
  EXPECT_EQ(faults.missing, 1U);
  EXPECT_EQ(faults.doubled_ids, 2U);
  EXPECT_EQ(faults.doubled_rows, 5U);
  EXPECT_EQ(ids[faults.first_row], ids[faults.second_row]);
  EXPECT_LT(faults.first_row, faults.second_row);
  EXPECT_THAT(
      describe(faults, "id"),
      testing::AllOf(testing::HasSubstr("2 ids of column \"id\" stand in more than one row"),
                     testing::HasSubstr("5 rows in all"),
                     testing::HasSubstr("1 row is without an id")));
}

TEST(IdKeys, OfEqualIdsDifferByTheValues) {
  MemoryTable table(60);
  table.add_text("id", std::vector<std::string>(60, "same"));
  FeatureRows rows = shard_of(60);
  for (std::uint64_t i = 0; i < rows.rows(); ++i) {
    rows.set_number(i, 0, static_cast<float>((rows.first_row() + i) % 3));
  }
  const IdFaults faults = set_id_keys(world(), table, "id", 3, rows);
  EXPECT_EQ(faults.doubled_ids, 1U);
  EXPECT_EQ(faults.doubled_rows, 60U);
  EXPECT_EQ(faults.first_row, 0U);
  EXPECT_EQ(faults.second_row, 1U);
  const std::vector<std::uint64_t> all = world().all_gather(rows.stored_keys());
  EXPECT_EQ(std::set<std::uint64_t>(all.begin(), all.end()).size(), 3U);
  EXPECT_EQ(all[0], all[3]);
}

TEST(DoubledKeys, AreCountedInSlices) {
  // enough keys for several slices on each rank
  const std::uint64_t mine = 600'000 / static_cast<std::uint64_t>(world().size());
  const std::uint64_t first = mine * static_cast<std::uint64_t>(world().rank());
  const std::uint64_t total = mine * static_cast<std::uint64_t>(world().size());
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = first; i < first + mine; ++i) {
    keys.push_back(
        numeric::mix(1 + (i >= total - 100 ? i % 40 : i)));  // 100 rows are of 40 keys again
  }
  const DoubledKeys doubled = find_doubled(world(), keys, 0);
  EXPECT_EQ(doubled.keys, 40U);
  EXPECT_EQ(doubled.rows, 140U);
  const DoubledKeys but_one = find_doubled(world(), keys, doubled.example);
  EXPECT_EQ(but_one.keys, 39U);
}

}  // namespace
}  // namespace tessera::features
