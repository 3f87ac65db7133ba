// From transactions to customers: what pandas says, the same on any ranks and in any order, rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "app/rfm_words.hpp"
#include "support/program.hpp"

namespace tessera {
namespace {

using nlohmann::json;
using test::content;
using test::joined;
using test::kGolden;
using test::kTransactions;
using test::Outcome;
using test::run_program;
using test::SharedFolder;
using test::Words;
using test::world;
using test::write_file;
using ::testing::HasSubstr;

json json_of(const Words& arguments) {
  const Outcome outcome = run_program(joined(arguments, {"--json", "--quiet"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return json::parse(world().broadcast(outcome.out, 0));
}

TEST(Rfm, IsWhatPandasSays) {
  const SharedFolder folder;
  const json found =
      json_of(joined(kGolden, {"--input", kTransactions, "--output", folder / "customers.csv"}));
  EXPECT_EQ(content(folder / "customers.csv"),
            content(std::string(TESSERA_RFM_GOLDEN) + "/customers.csv"));
  EXPECT_EQ(found.at("rows"), 783);
  EXPECT_EQ(found.at("rows_kept"), 652);
  EXPECT_EQ(found.at("dropped"),
            json({{"no customer", 70}, {"InvoiceNo !^= C", 61}, {"no date", 0}, {"no amount", 0}}));
  EXPECT_EQ(found.at("customers"), 102);
  EXPECT_EQ(found.at("snapshot"), "2011-12-27T19:18:00");
  EXPECT_EQ(found.at("monetary_total"), 16098.90);
  EXPECT_EQ(found.at("thresholds").at("frequency"), json({1, 2, 3, 4}));
  EXPECT_EQ(found.at("scores").at("frequency"), json({23, 33, 16, 12, 18}));
  EXPECT_EQ(found.at("segments").at(0).at("name"), "Champions");
  EXPECT_EQ(found.at("segments").at(0).at("customers"), 10);
}

TEST(Rfm, IsTheSameInAnyOrder) {
  const SharedFolder folder;
  std::istringstream text(content(kTransactions));
  std::string header;
  std::getline(text, header);
  Words lines;
  for (std::string line; std::getline(text, line);) {
    lines.push_back(line + "\n");
  }
  std::shuffle(lines.begin(), lines.end(), std::mt19937(7));
  std::string shuffled = header + "\n";
  for (const std::string& line : lines) {
    shuffled += line;
  }
  write_file(folder / "shuffled.csv", shuffled);
  for (const std::string ending : {"csv", "h5"}) {
    const std::string one = folder / ("one." + ending);
    const std::string other = folder / ("other." + ending);
    (void)json_of(joined(kGolden, {"--input", kTransactions, "--output", one}));
    (void)json_of(joined(kGolden, {"--input", folder / "shuffled.csv", "--output", other}));
    EXPECT_EQ(content(one), content(other));
    EXPECT_GT(content(one).size(), 5000U);
  }
  // a table in a file is what its text is
  const Outcome ingested =
      run_program({"ingest", "--input", kTransactions, "--output", folder / "t.h5", "--quiet"});
  EXPECT_EQ(ingested.code, 0) << ingested.err;
  (void)json_of(joined(kGolden, {"--input", folder / "t.h5", "--output", folder / "h5.csv"}));
  EXPECT_EQ(content(folder / "h5.csv"),
            content(std::string(TESSERA_RFM_GOLDEN) + "/customers.csv"));
}

TEST(Rfm, FewRowsAndNoAmounts) {
  const SharedFolder folder;
  write_file(folder / "t.csv", "who,when\n7,2024-01-31\n3,2024-01-01\n7,2024-01-29\n");
  const json found =
      json_of({"rfm", "--input", folder / "t.csv", "--customer", "who", "--date", "when",
               "--output", folder / "c.csv", "--snapshot", "2024-02-01T12:00"});
  EXPECT_EQ(content(folder / "c.csv"),
            "who,recency_days,frequency,tenure_days,mean_days_between,r_score,f_score,rfm_segment\n"
            "3,31,1,31,,1,1,Lost\n"
            "7,1,2,3,2,5,5,Champions\n");
  EXPECT_TRUE(found.at("monetary_total").is_null());
  EXPECT_FALSE(found.at("thresholds").contains("monetary"));
}

// 120,000 invoices of 100 customers, which take more than what the program leaves of the memory.
TEST(Rfm, IsTheSameWithLittleMemory) {
  const SharedFolder folder;
  const Outcome made = run_program({"generate", "--rows", "100", "--transactions", "120000",
                                    "--output", folder / "t.h5", "--quiet"});
  ASSERT_EQ(made.code, 0) << made.err;
  const Words command = {
      "rfm",  "--input",   folder / "t.h5", "--customer", "customer_id",        "--date",
      "date", "--invoice", "invoice",       "--amount",   "quantity*unit_price"};
  const json all = json_of(joined(command, {"--output", folder / "all.csv"}));
  EXPECT_EQ(all.at("spilled_bytes"), 0);
  const Words little = joined(command, {"--memory", "101M", "--scratch", folder / ""});
  const json some = json_of(joined(little, {"--output", folder / "some.csv"}));
  EXPECT_GT(some.at("spilled_bytes"), 100'000);
  EXPECT_EQ(content(folder / "some.csv"), content(folder / "all.csv"));
  EXPECT_GT(content(folder / "all.csv").size(), 5000U);
  const json planned = json_of(joined(little, {"--output", folder / "some.csv", "--dry-run"}));
  EXPECT_EQ(planned.at("memory_bytes_per_rank"), std::uint64_t{101} << 20U);
}

TEST(Rfm, CustomersCanBeTrainedOn) {
  const SharedFolder folder;
  (void)json_of(joined(kGolden, {"--input", kTransactions, "--output", folder / "c.h5"}));
  const json model =
      json_of({"train", "--input", folder / "c.h5", "--id", "customer", "--features",
               "recency_days,frequency,monetary", "--log1p", "recency_days,frequency,monetary",
               "--segments", "3", "--output", folder / "m.h5"});
  EXPECT_EQ(model.at("rows"), 102);
}

TEST(Rfm, RulesMayBeStated) {
  const SharedFolder folder;
  write_file(folder / "rules.ini",
             "[scores]\n"
             "recency = 30, 60, 90, 180\n"
             "monetary = 50, 100, 200, 400\n"
             "[segment big]\n"
             "m = 4-5   # from 200 on\n"
             "[segment never]\n"
             "r = 3\n"
             "m = 5\n"
             "[segment Here lately]\n"
             "r = 5\n"
             "[segment rest]\n"
             "fm = 1-5\n");
  const Words command = joined(kGolden, {"--input", kTransactions, "--output", folder / "c.csv",
                                         "--rules", folder / "rules.ini"});
  const json found = json_of(command);
  EXPECT_EQ(found.at("thresholds").at("recency"), json({30, 60, 90, 180}));
  const json& segments = found.at("segments");
  EXPECT_EQ(segments.at(0).at("rule"), "m = 4-5");
  EXPECT_EQ(segments.at(1).at("can_match"), false);
  EXPECT_EQ(segments.at(1).at("overlaps"), json({"big"}));
  EXPECT_GT(segments.at(2).at("taken_before"), 0);
  std::uint64_t customers = 0;
  for (const json& segment : segments) {
    customers += segment.at("customers").get<std::uint64_t>();
  }
  EXPECT_EQ(customers, 102U);
  EXPECT_THAT(content(folder / "c.csv"), HasSubstr(",Here lately\n"));
  const Outcome shown = run_program(command);
  if (world().is_root()) {
    EXPECT_THAT(shown.out, HasSubstr("the rule of never can never match: big takes all"));
    EXPECT_THAT(shown.out, HasSubstr("the rule of Here lately also matches"));
  }
}

TEST(Rfm, TheExampleOfRulesIsOne) {
  const SharedFolder folder;
  const json found =
      json_of(joined(kGolden, {"--input", kTransactions, "--output", folder / "c.csv", "--rules",
                               std::string(TESSERA_CONFIGS) + "/rfm-rules.ini"}));
  EXPECT_EQ(found.at("thresholds").at("frequency"), json({1, 2, 5, 10}));
  for (const json& segment : found.at("segments")) {
    EXPECT_EQ(segment.at("can_match"), true) << segment;
  }
}

}  // namespace
}  // namespace tessera
