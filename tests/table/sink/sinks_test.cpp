#include "tessera/table/sink.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::world;

constexpr std::uint64_t kRows = 23;
constexpr std::uint64_t kBlock = 4;  // rows of a batch
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Rows [first, first + rows), with a column for each way to hold values.
struct Rows {
  explicit Rows(std::uint64_t from = 0, std::uint64_t count = 0) : first(from) {
    for (std::uint64_t row = first; row < first + count; ++row) {
      const bool known = row % 5 != 3;
      ids.push_back(known ? "c,\"" + std::to_string(row) : "");
      codes.push_back(known ? static_cast<std::int32_t>(row % 2) : -1);
      counts.push_back(known ? static_cast<std::int64_t>(row) - 7
                             : std::numeric_limits<std::int64_t>::min());
      amounts.push_back(known ? static_cast<double>(row) / 8 : kNaN);
      shares.push_back(known ? static_cast<float>(row) / 10 : std::nanf(""));
    }
  }
  [[nodiscard]] SinkBatch batch() const {
    return {first,
            ids.size(),
            {std::span<const std::string>(ids), std::span<const std::int32_t>(codes),
             std::span<const std::int64_t>(counts), std::span<const double>(amounts),
             std::span<const float>(shares)}};
  }

  std::uint64_t first;
  std::vector<std::string> ids;
  std::vector<std::int32_t> codes;
  std::vector<std::int64_t> counts;
  std::vector<double> amounts;
  std::vector<float> shares;
};

SinkPlan plan() {
  std::vector<PlannedColumn> columns(5);
  columns[0].column = {"id", ColumnType::kText, {}};
  columns[0].text_width = 5;
  columns[1].column = {"plan", ColumnType::kCategory, {"a", "b"}};
  columns[2].column = {"count", ColumnType::kInteger, {}};
  columns[2].summary.minimum = -7;
  columns[2].summary.maximum = kRows;
  columns[3].column = {"amount", ColumnType::kReal, {}};
  columns[3].decimals = 2;
  columns[4].column = {"share", ColumnType::kReal, {}};
  columns[4].single_precision = true;
  return {.rows = kRows, .columns = columns};
}

/// Collective: all rows, in rounds of a batch for each rank.
void write_all(const std::string& path) {
  const auto sink = create_sink(world(), path, plan());
  const auto ranks = static_cast<std::uint64_t>(world().size());
  for (std::uint64_t round = 0; round * ranks * kBlock < kRows; ++round) {
    const std::uint64_t first =
        std::min(kRows, (round * ranks + static_cast<std::uint64_t>(world().rank())) * kBlock);
    const Rows rows(first, std::min(kBlock, kRows - first));
    sink->write(rows.batch());
  }
  sink->commit();
}

TEST(Sinks, WriteCsvInTheOrderOfTheRows) {
  const SharedFolder folder;
  const std::string path = folder / "out.csv";
  write_all(path);
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(
      text.starts_with("id,plan,count,amount,share\n"
                       "\"c,\"\"0\",a,-7,0.00,0\n"
                       "\"c,\"\"1\",b,-6,0.12,0.1\n"
                       "\"c,\"\"2\",a,-5,0.25,0.2\n"
                       ",,,,\n"))
      << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), static_cast<std::ptrdiff_t>(kRows) + 1);
  EXPECT_TRUE(text.ends_with("\"c,\"\"22\",a,15,2.75,2.2\n")) << text;
}

TEST(Sinks, GuardSpreadsheetsFromFormulas) {
  const SharedFolder folder;
  const std::string path = folder / "safe.csv";
  for (const bool csv_safe : {false, true}) {
    SinkPlan plan{.rows = 8, .columns = std::vector<PlannedColumn>(4), .csv_safe = csv_safe};
    plan.columns[0].column = {"=id", ColumnType::kText, {}};
    plan.columns[1].column = {"row", ColumnType::kText, {}};
    plan.columns[1].holds_numbers = true;
    plan.columns[2].column = {"level", ColumnType::kCategory, {"@x"}};
    plan.columns[3].column = {"amount", ColumnType::kReal, {}};
    const auto sink = create_sink(world(), path, std::move(plan));
    const std::vector<std::string> ids = {"=1+1", "+49", "-5", "@a", "\tb", "\rc", "a=b", ""};
    const std::vector<std::string> rows(8, "-1");
    const std::vector<std::int32_t> codes = {0, -1, 0, 0, 0, 0, 0, 0};
    const std::vector<double> amounts(8, -3.5);
    SinkBatch batch{.first = 0, .rows = world().is_root() ? 8U : 0U};
    batch.columns = {std::span<const std::string>(ids), std::span<const std::string>(rows),
                     std::span<const std::int32_t>(codes), std::span<const double>(amounts)};
    sink->write(batch);
    sink->commit();
    world().barrier();
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
              csv_safe ? "'=id,row,level,amount\n'=1+1,-1,'@x,-3.5\n'+49,-1,,-3.5\n"
                         "'-5,-1,'@x,-3.5\n'@a,-1,'@x,-3.5\n'\tb,-1,'@x,-3.5\n"
                         "\"'\rc\",-1,'@x,-3.5\na=b,-1,'@x,-3.5\n,-1,'@x,-3.5\n"
                       : "=id,row,level,amount\n=1+1,-1,@x,-3.5\n+49,-1,,-3.5\n-5,-1,@x,-3.5\n"
                         "@a,-1,@x,-3.5\n\tb,-1,@x,-3.5\n\"\rc\",-1,@x,-3.5\n"
                         "a=b,-1,@x,-3.5\n,-1,@x,-3.5\n");
    world().barrier();
  }
}

TEST(Sinks, WriteATableThatReadsBack) {
  const SharedFolder folder;
  const std::string path = folder / "out.h5";
  write_all(path);
  const auto table = open_table(world(), path);
  ASSERT_EQ(table->rows(), kRows);
  const Rows rows(0, kRows);
  EXPECT_EQ(table->read_text(0, 0, kRows), rows.ids);
  std::vector<std::int32_t> codes(kRows);
  table->read_codes(1, 0, codes);
  EXPECT_EQ(codes, rows.codes);
  for (const std::size_t column : {std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
    std::vector<double> numbers(kRows);
    table->read_numbers(column, 0, numbers);
    for (std::size_t row = 0; row < kRows; ++row) {
      const double expected = column == 2   ? static_cast<double>(rows.counts[row])
                              : column == 3 ? rows.amounts[row]
                                            : static_cast<double>(rows.shares[row]);
      if (row % 5 == 3) {
        EXPECT_TRUE(std::isnan(numbers[row]));
      } else {
        EXPECT_EQ(numbers[row], expected);
      }
    }
  }
}

TEST(Sinks, AreChosenByTheName) {
  EXPECT_NO_THROW(check_sink_name("output", "a.csv"));
  EXPECT_FALSE(is_laid_out("a.csv"));
  EXPECT_TRUE(is_laid_out("a.h5"));
  EXPECT_TRUE(is_laid_out("a.hdf5"));
  expect_error(ExitCode::kUsage, "output a.xlsx: the name must end in .csv or .h5",
               [] { check_sink_name("output", "a.xlsx"); });
}

}  // namespace
}  // namespace tessera::table
