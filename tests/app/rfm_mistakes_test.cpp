// What `tessera rfm` says of rules, options and transactions that cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "app/rfm_words.hpp"
#include "support/program.hpp"

namespace tessera {
namespace {

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

TEST(RfmMistakes, MalformedRulesAreNamed) {
  const SharedFolder folder;
  const auto refuses = [&](const std::string& text, const std::string& part) {
    write_file(folder / "rules.ini", text);
    const Outcome outcome =
        run_program(joined(kGolden, {"--input", kTransactions, "--output", folder / "c.csv",
                                     "--rules", folder / "rules.ini"}));
    EXPECT_EQ(outcome.code, 78) << text;
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(part));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "c.csv"));
  };
  refuses("r = 5\n", "line 1");
  refuses("[segment a]\nr = 6\n", "line 2: r = 6: expected a score from 1 to 5");
  refuses("[segment a]\nr = 5-4\n", "line 2: r = 5-4");
  refuses("[segment a]\nq = 5\n", "line 2: 'q'");
  refuses("[segment a]\nr = 5\nr = 4\n", "line 3: 'r' is given more than once");
  refuses("[segment a]\nr = 5\n", "no rule matches a customer with r = 1");
  refuses("[scores]\nrecency = 1, 2, 3\n", "line 2: recency = 1, 2, 3: expected four numbers");
  refuses("[scores]\nrecency = 4, 3, 2, 1\n", "ascending");
  refuses("[scores]\nrecencie = 1, 2, 3, 4\n", "did you mean 'recency'");
  refuses("[sores]\nrecency = 1, 2, 3, 4\n", "not '[sores]'");
}

TEST(RfmMistakes, WhatCannotBeIsNamed) {
  const SharedFolder folder;
  write_file(folder / "bad.csv",
             "who,when,paid,words\n1,2024-01-31,1.5,a\n2,2024-01-31,x,b\n3,soon,2,c\n");
  const auto refuses = [&](int code, const std::string& part, const Words& changes) {
    Words arguments = {"rfm", "--output", folder / "c.csv"};
    const std::vector<std::pair<std::string, std::string>> usual = {
        {"--input", kTransactions}, {"--customer", "customer"}, {"--date", "InvoiceDate"}};
    for (const auto& [option, value] : usual) {
      if (std::ranges::find(changes, option) == changes.end()) {
        arguments.insert(arguments.end(), {option, value});
      }
    }
    const Outcome outcome = run_program(joined(arguments, changes));
    EXPECT_EQ(outcome.code, code) << part;
    if (world().is_root()) {
      EXPECT_THAT(outcome.err, HasSubstr(part));
      EXPECT_EQ(outcome.err.find("error:"), outcome.err.rfind("error:"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "c.csv"));
  };
  const std::string bad = folder / "bad.csv";
  refuses(64, "--customer is missing", {"--customer", ""});
  refuses(64, "--date is missing", {"--date", ""});
  refuses(65, "no column 'custmer'", {"--customer", "custmer"});
  refuses(65, "no column 'InvoiceDat'; it has InvoiceDate", {"--date", "InvoiceDat"});
  refuses(65, "no column 'Price'", {"--amount", "Quantity*Price"});
  refuses(65, "no column 'Quantty'", {"--where", "Quantty > 0"});
  refuses(64, "expected COLUMN OP VALUE", {"--where", "Quantity"});
  refuses(64, "'few' is none", {"--where", "Quantity > few"});
  refuses(65, "'soon'", {"--input", bad, "--customer", "who", "--date", "when"});
  refuses(65, "row 2, column 'paid': 'x' is no number",
          {"--input", bad, "--customer", "who", "--date", "when", "--amount", "paid", "--where",
           "when ^= 2"});
  refuses(65, "none of 783 rows is left", {"--where", "Quantity > 1000"});
  refuses(64, "--snapshot", {"--snapshot", "tomorrow"});
  refuses(65, "none of 783 rows is left", {"--snapshot", "2010-01-01"});
  refuses(64, "--memory lots: expected bytes", {"--memory", "lots"});
  refuses(69, "are allowed: allow more", {"--memory", "1M"});
  refuses(66, "does not exist", {"--input", folder / "none.csv"});
  refuses(64, "--output", {"--input", folder / "c.csv"});
}

}  // namespace
}  // namespace tessera
