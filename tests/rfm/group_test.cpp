// Grouping on all ranks against a map on one; many rounds, few rows, ids of every kind.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "rfm/groupings.hpp"
#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/rfm/transactions.hpp"

namespace tessera {
namespace {

using rfm::Grouped;
using rfm::Grouping;
using rfm::TransactionOptions;
using test::expect_error;
using test::MemoryTable;
using test::world;

struct Row {
  std::string customer;  ///< empty where missing
  int day = 0;           ///< of January 2024
  int cents = 0;
  std::string invoice;
};

struct Expected {
  int first = 1000;
  int last = 0;
  std::uint64_t rows = 0;
  std::int64_t cents = 0;
  std::set<std::string> invoices;
};

std::vector<Row> some_rows(std::size_t count, unsigned customers, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const auto customer = random() % customers;
    rows.push_back({.customer = random() % 20 == 0 ? "" : std::to_string(customer * customer + 7),
                    .day = 1 + static_cast<int>(random() % 31),
                    .cents = static_cast<int>(random() % 100'000) - 10'000,
                    .invoice = std::to_string(random() % 4)});
  }
  return rows;
}

enum class Kind { kNumbers, kTexts, kCategories };

void add_ids(const std::vector<Row>& rows, Kind kind, MemoryTable& table) {
  std::vector<std::string> texts;
  std::vector<double> numbers;
  std::set<std::string> levels;
  for (const Row& row : rows) {
    texts.push_back(row.customer);
    numbers.push_back(row.customer.empty() ? MemoryTable::kMissing : std::stod(row.customer));
    levels.insert(row.customer);
  }
  levels.erase("");
  if (kind == Kind::kTexts) {
    table.add_text("id", texts);
  } else if (kind == Kind::kNumbers) {
    table.add_numbers("id", numbers);
  } else {
    const std::vector<std::string> all(levels.begin(), levels.end());
    std::vector<std::int32_t> codes;
    for (const std::string& text : texts) {
      const auto level = std::ranges::lower_bound(all, text) - all.begin();
      codes.push_back(text.empty() ? -1 : static_cast<std::int32_t>(level));
    }
    table.add_category("id", all, codes);
  }
}

void fill(const std::vector<Row>& rows, Kind kind, MemoryTable& table) {
  add_ids(rows, kind, table);
  std::vector<std::string> dates;
  std::vector<std::string> invoices;
  std::vector<double> amounts;
  for (const Row& row : rows) {
    dates.push_back(fmt::format("2024-01-{:02}", row.day));
    amounts.push_back(row.cents / 100.0);
    invoices.push_back(row.invoice);
  }
  table.add_text("date", dates);
  table.add_numbers("amount", amounts);
  table.add_text("invoice", invoices);
}

/// All customers as text, in their order: "id first last bought spent".
std::vector<std::string> all_of(const Grouped& grouped) {
  std::string mine;
  const rfm::Customers& customers = grouped.customers;
  for (std::size_t i = 0; i < customers.count(); ++i) {
    const std::string id =
        std::visit([&](const auto& ids) { return fmt::format("{}", ids[i]); }, customers.ids);
    mine +=
        fmt::format("{} {} {} {} {}\n", id, date_text(customers.first[i]),
                    date_text(customers.last[i]), customers.bought[i], customers.spent[i].value());
  }
  std::vector<std::string> lines;
  for (const std::string& theirs : world().all_gather_strings(mine)) {
    std::size_t begin = 0;
    for (std::size_t end = theirs.find('\n'); end != std::string::npos;
         end = theirs.find('\n', begin)) {
      lines.push_back(theirs.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return lines;
}

std::vector<std::string> expected_of(const std::vector<Row>& rows, Kind kind, bool by_invoice) {
  const bool by_value = kind == Kind::kNumbers;
  std::map<std::string, Expected> all;
  for (const Row& row : rows) {
    if (row.customer.empty()) {
      continue;
    }
    Expected& one = all[by_value ? fmt::format("{:0>12}", row.customer) : row.customer];
    one.first = std::min(one.first, row.day);
    one.last = std::max(one.last, row.day);
    ++one.rows;
    one.cents += row.cents;
    one.invoices.insert(row.invoice);
  }
  std::vector<std::string> lines;
  for (const auto& [id, one] : all) {
    lines.push_back(fmt::format("{} 2024-01-{:02} 2024-01-{:02} {} {}",
                                by_value ? id.substr(id.find_first_not_of('0')) : id, one.first,
                                one.last, by_invoice ? one.invoices.size() : one.rows,
                                static_cast<double>(one.cents) / 100));
  }
  return lines;
}

TransactionOptions columns() {
  TransactionOptions options;
  options.customer = "id";
  options.date = "date";
  options.amount = "amount";
  return options;
}

TEST(Group, IsThatOfAMap) {
  for (const std::size_t count : std::vector<std::size_t>{1, 2, 4, 900, 20'000}) {
    const std::vector<Row> rows = some_rows(count, 700, static_cast<unsigned>(count) + 1);
    for (const Kind kind : {Kind::kNumbers, Kind::kTexts, Kind::kCategories}) {
      MemoryTable table(rows.size());
      fill(rows, kind, table);
      for (const bool by_invoice : {false, true}) {
        const std::vector<std::string> expected = expected_of(rows, kind, by_invoice);
        ASSERT_FALSE(expected.empty());
        for (const Grouping& grouping : test::groupings()) {
          TransactionOptions options = columns();
          options.invoice = by_invoice ? "invoice" : "";
          const Grouped grouped = rfm::group(world(), table, options, no_progress(), grouping);
          ASSERT_EQ(all_of(grouped), expected) << count << " rows";
          EXPECT_EQ(grouped.all, expected.size());
          EXPECT_EQ(grouped.rows, count);
          EXPECT_EQ(grouped.kept + grouped.dropped[0].rows, count);
          if (grouping.scratch.empty()) {
            EXPECT_EQ(grouped.spilled, 0U);
          } else if (by_invoice && count > 10'000) {
            EXPECT_GT(grouped.spilled, 10'000U);
          }
        }
      }
    }
  }
}

TEST(Group, SharesAreAboutEven) {
  const std::vector<Row> rows = some_rows(40'000, 20'000, 5);
  MemoryTable table(rows.size());
  fill(rows, Kind::kTexts, table);
  const Grouped grouped = rfm::group(world(), table, columns(), no_progress());
  const auto ranks = static_cast<std::uint64_t>(world().size());
  EXPECT_LE(world().all_max(grouped.customers.count()) * ranks, grouped.all * 5 / 4);
}

TEST(Group, SaysWhatWasLeftOut) {
  MemoryTable table(7);
  table.add_numbers("id", {1, 1, 2, MemoryTable::kMissing, 2, 3, 3});
  table.add_text("date", {"2024-01-01", "2024-01-05", "", "2024-01-01", "2024-01-02", "2024-01-03",
                          "2024-02-01"});
  table.add_numbers("price", {0.1, 0.2, 1, 1, 1, MemoryTable::kMissing, 5});
  table.add_numbers("count", {3, -1, 1, 1, -1, 1, 1});
  TransactionOptions options = columns();
  options.amount = "count * price";
  options.snapshot = "2024-01-31";
  options.where = {"count != -1"};
  options.where.emplace_back("price !=");
  const Grouped grouped = rfm::group(world(), table, options, no_progress());
  std::vector<std::string> dropped;
  for (const rfm::Dropped& one : grouped.dropped) {
    dropped.push_back(fmt::format("{}: {}", one.reason, one.rows));
  }
  EXPECT_EQ(dropped,
            (std::vector<std::string>{"no customer: 1", "count != -1: 2", "price !=: 1",
                                      "no date: 1", "no amount: 0", "after the snapshot: 1"}));
  EXPECT_EQ(all_of(grouped), (std::vector<std::string>{"1 2024-01-01 2024-01-01 1 0.3"}));
  EXPECT_EQ(date_text(grouped.snapshot), "2024-01-31");
}

TEST(Group, TestsOfDatesAreOfDates) {
  const std::vector<Row> rows = some_rows(900, 50, 8);
  MemoryTable table(rows.size());
  fill(rows, Kind::kTexts, table);
  TransactionOptions options = columns();
  options.where = {"date >= 2024-01-10", "date < 20240112"};
  const Grouped grouped = rfm::group(world(), table, options, no_progress());
  const auto expected = std::ranges::count_if(
      rows, [](const Row& row) { return !row.customer.empty() && row.day >= 10 && row.day < 12; });
  EXPECT_GT(expected, 20);
  EXPECT_EQ(grouped.kept, static_cast<std::uint64_t>(expected));
}

TEST(Group, ARefundLeavesNothing) {
  MemoryTable table(3);
  table.add_numbers("id", {1, 1, 1});
  table.add_text("date", {"2024-01-01 10:00", "2024-01-05 11:30", "2024-01-03"});
  table.add_numbers("amount", {0.1, 0.2, -0.3});
  const Grouped grouped = rfm::group(world(), table, columns(), no_progress());
  EXPECT_EQ(grouped.spent.value(), 0);
  EXPECT_EQ(date_text(grouped.snapshot), "2024-01-06T11:30:00") << "a day after the last";
}

TEST(Group, IdsOfOtherNumbers) {
  MemoryTable table(4);
  table.add_numbers("id", {-1.5, 0.0, -0.0, 1e300});
  table.add_text("date", std::vector<std::string>(4, "2024-01-01"));
  table.add_numbers("amount", {1, 2, 3, 4});
  EXPECT_EQ(
      all_of(rfm::group(world(), table, columns(), no_progress())),
      (std::vector<std::string>{"-1.5 2024-01-01 2024-01-01 1 1", "0 2024-01-01 2024-01-01 2 5",
                                "1e+300 2024-01-01 2024-01-01 1 4"}));
}

TEST(Group, IdsOfLongTexts) {
  const std::string twelve(12, 'a');
  MemoryTable table(6);
  table.add_text("id", {"x" + twelve + "2", "x", "x" + twelve + "1", "x" + twelve, "x\xC3\xA9",
                        "x" + twelve + "1"});
  table.add_text("date", std::vector<std::string>(6, "2024-01-01"));
  table.add_numbers("amount", {1, 2, 3, 4, 5, 6});
  const std::vector<std::string> lines =
      all_of(rfm::group(world(), table, columns(), no_progress()));
  std::vector<std::string> ids;
  ids.reserve(lines.size());
  for (const std::string& line : lines) {
    ids.push_back(line.substr(0, line.find(' ')));
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"x", "x" + twelve, "x" + twelve + "1",
                                           "x" + twelve + "2", "x\xC3\xA9"}));
  EXPECT_EQ(lines[2], "x" + twelve + "1 2024-01-01 2024-01-01 2 9");
}

TEST(Group, CustomersHaveToFit) {
  const std::vector<Row> rows = some_rows(20'000, 5'000, 3);
  MemoryTable table(rows.size());
  fill(rows, Kind::kNumbers, table);
  Grouping grouping = test::groupings().back();
  grouping.per_customer = rfm::kCustomerBytes;
  expect_error(ExitCode::kUnfit, "customers take",
               [&] { (void)rfm::group(world(), table, columns(), no_progress(), grouping); });
  grouping.scratch = "/no/such/folder";
  expect_error(ExitCode::kCannotCreate, "a scratch file in /no/such/folder",
               [&] { (void)rfm::group(world(), table, columns(), no_progress(), grouping); });
}

TEST(Group, SaysWhatCannotBe) {
  MemoryTable table(3);
  table.add_numbers("id", {1, 2, 3});
  table.add_text("date", std::vector<std::string>(3, "2024-01-01"));
  table.add_numbers("amount", {1, 2, 1e18});
  table.add_text("words", {"a", "b", "c"});
  const auto refuses = [&](const std::string& part, const auto& change) {
    TransactionOptions options = columns();
    change(options);
    expect_error(ExitCode::kBadData, part,
                 [&] { (void)rfm::group(world(), table, options, no_progress()); });
  };
  refuses("row 3, column 'amount': 1e+18 is too large", [](auto&) {});
  refuses("custmer", [](auto& options) { options.customer = "custmer"; });
  refuses("row 1, column 'words': 'a' is no date", [](auto& options) { options.date = "words"; });
  refuses("row 1, column 'words': 'a' is no number",
          [](auto& options) { options.amount = "words"; });
  refuses("price", [](auto& options) { options.amount = "price*amount"; });
  refuses("none of 3 rows is left: 3 by 'amount < 0'",
          [](auto& options) { options.where = {"amount < 0"}; });
}

}  // namespace
}  // namespace tessera
