// Tests of rows: each operator on each kind of column, missing cells, and how a test is written.
#include "tessera/rfm/filter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"

namespace tessera {
namespace {

using rfm::Filter;
using test::expect_error;
using test::MemoryTable;

void fill(MemoryTable& table) {
  table.add_numbers("Quantity", {1, -2, MemoryTable::kMissing, 0, 2.5});
  table.add_text("InvoiceNo", {"A1", "C2", "", "CX", "B3"});
  table.add_category("Country", {"France", "Germany"}, {0, 1, -1, 1, 0});
  table.add_numbers("Price", {10, 20, 30, 40, 50});
  table.add_numbers("Price per unit", {5, 4, 3, 2, 1});
  table.add_text("When", {"1/1/2024", "2/1/2024", "3/1/2024", "", "2/1/2024 12:00"});
}

// What stands in column When: on 1, 2 and 3 January 2024, none, and on 2 January at noon.
const std::vector<std::int64_t> kSeconds = {1'704'067'200, 1'704'153'600, 1'704'240'000,
                                            Filter::kNoDate, 1'704'196'800};

// The rows that pass, as "01234".
std::string passing(const std::string& text) {
  MemoryTable all(5);
  fill(all);
  Filter filter(all, text, all.find("When"));
  std::vector<std::uint8_t> keep(5, 1);
  const std::uint64_t removed = filter.apply(0, kSeconds, keep);
  std::string rows;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    rows += keep[i] != 0 ? std::to_string(i) : "";
  }
  EXPECT_EQ(removed, 5 - rows.size()) << text;
  return rows;
}

TEST(Filter, ComparesNumbers) {
  EXPECT_EQ(passing("Quantity > 0"), "04");
  EXPECT_EQ(passing("Quantity >= 0"), "034");
  EXPECT_EQ(passing("Quantity < 0"), "1");
  EXPECT_EQ(passing("Quantity <= 0"), "13");
  EXPECT_EQ(passing("Quantity = 2.5"), "4");
  EXPECT_EQ(passing("Quantity != +1.0"), "1234");
}

TEST(Filter, ComparesTexts) {
  EXPECT_EQ(passing("InvoiceNo ^= C"), "13");
  EXPECT_EQ(passing("InvoiceNo !^= C"), "024");
  EXPECT_EQ(passing("InvoiceNo = C2"), "1");
  EXPECT_EQ(passing("InvoiceNo != C2"), "0234");
  EXPECT_EQ(passing("InvoiceNo < B"), "0");
  EXPECT_EQ(passing("InvoiceNo >= B3"), "134");
}

TEST(Filter, ComparesCategories) {
  EXPECT_EQ(passing("Country = France"), "04");
  EXPECT_EQ(passing("Country != France"), "123");
  EXPECT_EQ(passing("Country ^= Ger"), "13");
  EXPECT_EQ(passing("Country !^= Ger"), "024");
  EXPECT_EQ(passing("Country > F"), "0134");
}

TEST(Filter, ComparesDates) {
  EXPECT_EQ(passing("When >= 2024-01-02"), "124");
  EXPECT_EQ(passing("When < 2024-01-02T12:00"), "01");
  EXPECT_EQ(passing("When = 20240102"), "1") << "a day is its midnight";
  EXPECT_EQ(passing("When != 2024-01-02"), "0234");
  EXPECT_EQ(passing("When ="), "3");
  EXPECT_EQ(passing("When !="), "0124");
  EXPECT_EQ(passing("When ^= 2/1"), "14");
}

TEST(Filter, LooksAtNumbersAsTextWhereItHasTo) {
  EXPECT_EQ(passing("Quantity ^= -"), "1");
  EXPECT_EQ(passing("Quantity !^= 2"), "0123");
}

TEST(Filter, AnEmptyValueIsAMissingCell) {
  EXPECT_EQ(passing("Quantity = "), "2");
  EXPECT_EQ(passing("Quantity !="), "0134");
  EXPECT_EQ(passing("InvoiceNo = ''"), "2");
  EXPECT_EQ(passing("Country != \"\""), "0134");
}

TEST(Filter, TakesAnyWayOfWriting) {
  EXPECT_EQ(passing("Quantity>0"), "04");
  EXPECT_EQ(passing("  Quantity  >  0  "), "04");
  EXPECT_EQ(passing("InvoiceNo = 'C2'"), "1");
  EXPECT_EQ(passing("InvoiceNo = \"C2\""), "1");
  EXPECT_EQ(passing("Price > 30"), "34");
  EXPECT_EQ(passing("Price per unit > 3"), "01");
}

TEST(Filter, CountsARowOnce) {
  MemoryTable all(5);
  fill(all);
  Filter filter(all, "Quantity > 0");
  std::vector<std::uint8_t> keep = {1, 0, 1};
  EXPECT_EQ(filter.apply(1, kSeconds, keep), 2U);  // rows 1, 2, 3: the second is out already
  EXPECT_EQ(keep, (std::vector<std::uint8_t>{0, 0, 0}));
}

TEST(Filter, RefusesWhatIsNoTest) {
  MemoryTable all(5);
  fill(all);
  const auto refuses = [&](ExitCode code, const std::string& part, const std::string& text) {
    expect_error(code, part, [&] { const Filter filter(all, text); });
  };
  refuses(ExitCode::kUsage, "expected COLUMN OP VALUE", "");
  refuses(ExitCode::kUsage, "expected COLUMN OP VALUE", "Quantity");
  refuses(ExitCode::kUsage, "expected COLUMN OP VALUE", "> 3");
  refuses(ExitCode::kUsage, "the value is missing", "Quantity >");
  refuses(ExitCode::kUsage, "the value is missing", "InvoiceNo ^=");
  refuses(ExitCode::kUsage, "'many' is none", "Quantity > many");
  refuses(ExitCode::kUsage, "holds text", "InvoiceNo > 3");
  refuses(ExitCode::kBadData, "Quantity", "Quantty > 3");
  refuses(ExitCode::kUsage, "'= 3' is none", "Quantity == 3");
  expect_error(ExitCode::kUsage, "holds dates, and '2/1/2024' is none",
               [&] { const Filter filter(all, "When < 2/1/2024", all.find("When")); });
}

}  // namespace
}  // namespace tessera
