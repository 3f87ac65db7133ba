// Pseudonyms in place of ids: in everything that is written, through every door.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/pseudonyms.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

using test::content;
using test::Outcome;
using test::run_program;
using test::world;
using ::testing::HasSubstr;
using ::testing::Not;
using Arguments = std::vector<std::string>;

constexpr const char* kKey = "a key of more than sixteen bytes";
constexpr int kRows = 120;

class PseudonymsOfIds : public ::testing::Test {
 protected:
  PseudonymsOfIds() {
    std::string csv = "id,income,visits\n";
    std::string json;
    for (int i = 0; i < kRows; ++i) {
      csv += fmt::format("{},{},{}\n", id(i), 100 + i % 7 * 50, i % 5);
      json += fmt::format("{{\"id\":\"{}\",\"income\":{},\"visits\":{}}}\n", id(i),
                          100 + i % 7 * 50, i % 5);
    }
    test::write_file(in_, csv);
    test::write_file(folder_ / "in.jsonl", json);
    test::write_file(key_, std::string(kKey) + "\n");
  }

  static std::string id(int i) {
    return i == 3 ? "none" : i == 40 ? "" : fmt::format("anna-{}", 7000 + i);
  }
  static std::string pseudonym(int i) { return i == 40 ? "" : Pseudonyms(kKey).of(id(i)); }
  static void expect_ok(const Arguments& arguments) {
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.err + outcome.out, Not(HasSubstr("anna-")));
    EXPECT_THAT(outcome.err + outcome.out, Not(HasSubstr(kKey)));
  }
  static void expect_refused(const Arguments& arguments, const std::string& part) {
    const Outcome outcome = run_program(arguments);
    EXPECT_NE(outcome.code, 0);
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(part));
    }
  }

  test::SharedFolder folder_;
  std::string in_ = folder_ / "in.csv";
  std::string key_ = folder_ / "key";
};

TEST_F(PseudonymsOfIds, StandInTheTable) {
  for (const std::string input : {"in.csv", "in.jsonl"}) {
    expect_ok({"ingest", "--input", folder_ / input, "--output", folder_ / "t.h5", "--pseudonymise",
               key_, "--id", "id", "--missing", "none"});
    const auto table = table::open_table(world(), folder_ / "t.h5");
    const std::size_t column = table->find("id");
    EXPECT_EQ(table->columns()[column].type, table::ColumnType::kText);
    const std::vector<std::string> ids = table->read_text(column, 0, kRows);
    for (int i = 0; i < kRows; ++i) {
      EXPECT_EQ(ids[static_cast<std::size_t>(i)], i == 3 ? "" : pseudonym(i));
    }
    if (world().is_root()) {
      EXPECT_THAT(content(folder_ / "t.h5"), Not(HasSubstr("anna-")));
      EXPECT_THAT(content(folder_ / "t.h5"), Not(HasSubstr(kKey)));
    }
  }
}

TEST_F(PseudonymsOfIds, AreTheSameThroughEveryDoor) {
  expect_ok({"ingest", "-q", "--input", in_, "--output", folder_ / "open.h5"});
  std::vector<std::string> all;
  for (const std::string& input : {in_, std::string(folder_ / "open.h5")}) {
    expect_ok({"train", "-q", "--input", input, "--id", "id", "--segments", "2", "--output",
               folder_ / "m.h5", "--scores", folder_ / "trained.csv", "--pseudonymise", key_});
    expect_ok({"score", "-q", "--input", input, "--model", folder_ / "m.h5", "--output",
               folder_ / "s.csv", "--pseudonymise", key_});
    expect_ok(
        {"evaluate", "-q", "--input", input, "--model", folder_ / "m.h5", "--pseudonymise", key_});
    if (world().is_root()) {
      all.push_back(content(folder_ / "trained.csv"));
      all.push_back(content(folder_ / "s.csv"));
    }
  }
  if (world().is_root()) {
    EXPECT_THAT(all[0], HasSubstr(pseudonym(5)));
    EXPECT_THAT(all[0], Not(HasSubstr("anna-")));
    EXPECT_THAT(all, ::testing::Each(all[0]));
  }
}

TEST_F(PseudonymsOfIds, StandForTheCustomersOfTransactions) {
  std::string csv = "who,day,money\n";
  for (int i = 0; i < kRows; ++i) {
    csv += fmt::format("{},2025-01-{:02},{}.50\n", id(i % 50), i % 28 + 1, i);
  }
  test::write_file(folder_ / "transactions.csv", csv);
  expect_ok({"rfm", "--input", folder_ / "transactions.csv", "--customer", "who", "--date", "day",
             "--amount", "money", "--output", folder_ / "customers.csv", "--pseudonymise", key_});
  if (world().is_root()) {
    EXPECT_THAT(content(folder_ / "customers.csv"), HasSubstr(pseudonym(5)));
    EXPECT_THAT(content(folder_ / "customers.csv"), Not(HasSubstr("anna-")));
  }
}

TEST_F(PseudonymsOfIds, NeedAKeyAndAColumn) {
  const auto ingest = [&](const Arguments& more) {
    Arguments arguments = {"ingest", "--input", in_, "--output", folder_ / "none.h5"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  test::write_file(folder_ / "short", "secret\n");
  test::write_file(folder_ / "long", std::string(5000, 'k'));
  expect_refused(ingest({"--pseudonymise", key_}), "which column");
  expect_refused(ingest({"--id", "id"}), "without --pseudonymise");
  expect_refused(ingest({"--id", "id", "--pseudonymise", folder_ / "short"}), "has 6 bytes");
  expect_refused(ingest({"--id", "id", "--pseudonymise", folder_ / "long"}), "5000 bytes");
  expect_refused(ingest({"--id", "id", "--pseudonymise", folder_ / "nowhere"}), "nowhere");
  expect_refused(ingest({"--id", "idd", "--pseudonymise", key_}), "has no column 'idd'");
  expect_refused(ingest({"--id", "id", "--pseudonymise", key_, "--types", "id=integer"}),
                 "are text");
}

}  // namespace
}  // namespace tessera::app
