// `tessera rfm --join`: the columns of another table, by any door, in any order, and what cannot
// be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/rfm_words.hpp"
#include "support/program.hpp"

namespace tessera {
namespace {

using nlohmann::json;
using test::content;
using test::joined;
using test::Outcome;
using test::run_program;
using test::SharedFolder;
using test::Words;
using test::world;
using test::write_file;
using ::testing::HasSubstr;

constexpr const char* kSold =
    "who,when,region\n7,2024-01-31,north\n3,2024-01-01,south\n7,2024-01-29,east\n"
    "12,2024-01-20,\n12,2024-01-10,west\n7,2024-01-31,nowhere\n";
constexpr const char* kPeople =
    "who,age,born,city,income,frequency,big\n12,40,1980-05-01,Bonn,1.5,low,9007199254740993\n"
    "99,1,2000-01-01,Ulm,2.5,high,1\n7,,1990-12-31,\"Köln, alt\",,mid,\n";
constexpr const char* kRegions = "region;head\nnorth;Ann\neast;Bob\nwest;\n";

class RfmJoin : public ::testing::Test {
 protected:
  RfmJoin() {
    write_file(folder_ / "sold.csv", kSold);
    write_file(folder_ / "people.csv", kPeople);
    write_file(folder_ / "regions.csv", kRegions);
  }

  [[nodiscard]] Words command(const Words& more, const std::string& output = "c.csv") const {
    return joined({"rfm", "--input", folder_ / "sold.csv", "--customer", "who", "--date", "when",
                   "--snapshot", "2024-02-01", "--output", folder_ / output},
                  more);
  }

  [[nodiscard]] json json_of(const Words& arguments) const {
    const Outcome outcome = run_program(joined(arguments, {"--json", "--quiet"}));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return json::parse(world().broadcast(outcome.out, 0));
  }

  void refuses(int code, const std::string& part, const Words& more) const {
    const Outcome outcome = run_program(command(more));
    EXPECT_EQ(outcome.code, code) << part;
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(part));
      EXPECT_EQ(outcome.err.find("error:"), outcome.err.rfind("error:"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder_ / "c.csv"));
  }

  SharedFolder folder_;
};

const std::string kHeader =
    "who,recency_days,frequency,tenure_days,mean_days_between,r_score,f_score,rfm_segment,";

TEST_F(RfmJoin, CustomersGetTheirColumns) {
  const json found = json_of(command({"--join", folder_ / "people.csv"}));
  const std::string expected =
      kHeader +
      "age,born,city,income,frequency_joined,big\n"
      "3,31,1,31,,1,1,Lost,,,,,,\n"
      "7,1,3,3,1,5,5,Champions,,1990-12-31,\"Köln, alt\",,mid,\n"
      "12,12,2,22,10,3,3,Need attention,40,1980-05-01,Bonn,1.5,low,9007199254740993\n";
  EXPECT_EQ(content(folder_ / "c.csv"), expected);
  EXPECT_EQ(found.at("joined"),
            json({{"table", folder_ / "people.csv"},
                  {"key", "who"},
                  {"rows", 3},
                  {"rows_without_key", 0},
                  {"matched", 2},
                  {"unmatched", 1},
                  {"several_keys", 0},
                  {"columns", {"age", "born", "city", "income", "frequency_joined", "big"}},
                  {"renamed", {{"frequency", "frequency_joined"}}}}));

  // by any door, and into any
  const Outcome ingested = run_program(
      {"ingest", "--input", folder_ / "people.csv", "--output", folder_ / "people.h5", "--quiet"});
  EXPECT_EQ(ingested.code, 0) << ingested.err;
  (void)json_of(command({"--join", folder_ / "people.h5"}));
  EXPECT_EQ(content(folder_ / "c.csv"), expected);
  (void)json_of(command({"--join", folder_ / "people.h5"}, "c.h5"));
  const json inside = json_of({"inspect", folder_ / "c.h5"});
  json types;
  for (const json& column : inside.at("columns")) {
    types[column.at("name").get<std::string>()] = column.at("type");
  }
  EXPECT_EQ(types.at("age"), "integer");
  EXPECT_EQ(types.at("born"), "date");
  EXPECT_EQ(types.at("city"), "text");
  EXPECT_EQ(types.at("income"), "real");
}

TEST_F(RfmJoin, ARegionIsThatOfTheLastPurchase) {
  const json found = json_of(command({"--join", folder_ / "regions.csv", "--join-key", "region"}));
  EXPECT_EQ(content(folder_ / "c.csv"), kHeader +
                                            "head\n"
                                            "3,31,1,31,,1,1,Lost,\n"
                                            "7,1,3,3,1,5,5,Champions,Ann\n"
                                            "12,12,2,22,10,3,3,Need attention,\n");
  EXPECT_EQ(found.at("joined").at("matched"), 2) << "3 is from the south";
  EXPECT_EQ(found.at("joined").at("several_keys"), 1);
  EXPECT_EQ(found.at("joined").at("key"), "region");
}

TEST_F(RfmJoin, KeysMayBeCalledOtherwise) {
  write_file(folder_ / "ids.jsonl", "{\"id\": \"7\", \"x\": 1}\n{\"id\": \"a\", \"x\": 2}\n");
  const Words by_id = {"--join", folder_ / "ids.jsonl", "--join-key", "who=id"};
  refuses(65, "the key 'id' is text, and 'who' of", by_id);
  const json found = json_of(command(joined(by_id, {"--types", "who=text"})));
  EXPECT_EQ(found.at("joined").at("matched"), 1);
  // ids that all look like numbers are text where the customers' are
  write_file(folder_ / "numbers.csv", "id,x\n7,1\n12,2\n");
  const json texts = json_of(
      command({"--join", folder_ / "numbers.csv", "--join-key", "who=id", "--types", "who=text"}));
  EXPECT_EQ(texts.at("joined").at("matched"), 2);
}

TEST_F(RfmJoin, PseudonymsAreJoined) {
  write_file(folder_ / "key", "a key of some forty bytes, for tests....");
  const json found =
      json_of(command({"--join", folder_ / "people.csv", "--pseudonymise", folder_ / "key"}));
  EXPECT_EQ(found.at("joined").at("matched"), 2);
  const std::string text = content(folder_ / "c.csv");
  EXPECT_THAT(text, HasSubstr(",40,1980-05-01,Bonn,"));
  EXPECT_EQ(text.find("\n12,"), std::string::npos);
}

TEST_F(RfmJoin, WhatCannotBeIsNamed) {
  write_file(folder_ / "twice.csv", "who,x\n7,1\n3,1\n7,2\n");
  write_file(folder_ / "clash.csv", "who,frequency,frequency_joined\n7,1,2\n");
  write_file(folder_ / "unclear.csv", "who,born\n7,01/02/2000\n3,02/01/2001\n");
  refuses(65, "twice.csv: rows 1 and 3, column 'who': both are '7'",
          {"--join", folder_ / "twice.csv"});
  refuses(65, "a column 'frequency' of their own, and 'frequency_joined' is taken too",
          {"--join", folder_ / "clash.csv"});
  refuses(65, "ingest it as it is to be read first", {"--join", folder_ / "unclear.csv"});
  refuses(66, "none.csv", {"--join", folder_ / "none.csv"});
  refuses(65, "people.csv has no column 'region'",
          {"--join", folder_ / "people.csv", "--join-key", "region"});
  refuses(65, "sold.csv has no column 'city'",
          {"--join", folder_ / "people.csv", "--join-key", "city"});
  refuses(64, "join key who: no table is joined (--join-key)", {"--join-key", "who"});
  refuses(64, "expected COLUMN or OURS=THEIRS",
          {"--join", folder_ / "people.csv", "--join-key", "who="});
  refuses(64, "--output", {"--join", folder_ / "c.csv"});
}

TEST_F(RfmJoin, IsSaid) {
  const Outcome shown = run_program(command({"--join", folder_ / "people.csv"}));
  if (world().is_root()) {
    EXPECT_THAT(shown.out, HasSubstr("2 of 3 customers have a row of "));
    EXPECT_THAT(shown.out, HasSubstr("its column frequency is written as frequency_joined"));
  }
}

}  // namespace
}  // namespace tessera
