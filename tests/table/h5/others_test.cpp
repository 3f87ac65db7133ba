// Layouts of pandas, R, MATLAB, Keras and AnnData; golden/make_others.py made the files.
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::world;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string other(const std::string& name) { return std::string(TESSERA_OTHERS) + "/" + name; }

/// "name:type=cell,cell,...", a line for each column, read piece by piece: each cell as text, and
/// held against what read_numbers() and read_codes() give.
std::string shown(const Table& table) {
  std::string all;
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const Column& column = table.columns()[c];
    all += column.name + ":" + to_string(column.type) + "=";
    for (std::uint64_t row = 0; row < table.rows(); ++row) {
      const std::string text = table.read_text(c, row, 1).at(0);
      all += (row == 0 ? "" : ",") + text;
      if (column.has_numbers()) {
        double number = 0;
        table.read_numbers(c, row, {&number, 1});
        EXPECT_EQ(text.empty(), std::isnan(number)) << column.name;
        if (column.is_number() && !text.empty()) {
          EXPECT_EQ(fmt::format("{:g}", number), fmt::format("{:g}", std::stod(text)));
        }
      } else if (column.type == ColumnType::kCategory) {
        std::int32_t code = 0;
        table.read_codes(c, row, {&code, 1});
        EXPECT_EQ(code < 0 ? std::string() : column.levels.at(static_cast<std::size_t>(code)),
                  text);
      }
    }
    all += '\n';
  }
  return all;
}

std::string shown(const std::string& name) { return shown(*open_table(world(), other(name))); }

void expect_refused(const std::string& name, const std::string& part,
                    ExitCode code = ExitCode::kBadData) {
  expect_error(code, part, [&] {
    const auto table = open_table(world(), other(name));
    for (std::size_t c = 0; c < table->columns().size(); ++c) {
      (void)table->read_text(c, 0, table->rows());
    }
  });
}

TEST(OthersFiles, OfEveryKindOfValue) {
  std::string numbers;
  for (const char* name : {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i2", ">u4", ">i8"}) {
    numbers += std::string(name) + ":integer=1,0,100\n";
  }
  for (const char* name : {"f2", "f4", "f8", ">f4", ">f8"}) {
    numbers += std::string(name) + ":real=1,0,100\n";
  }
  EXPECT_EQ(shown("kinds.h5:/g"), numbers +
                                      "truth:integer=1,0,1\n"
                                      "plan:category=basic,gold,silver\n"
                                      "variable:category=x,,Zürich\n"
                                      "fixed:category=x,,yy\n"
                                      "day:date=2024-01-31,,1969-12-31\n"
                                      "moment:date=2024-01-31T09:05:00,1969-12-31T23:59:59,\n");
}

TEST(OthersFiles, OfColumnsAsMatrices) {
  EXPECT_EQ(shown("vectors.h5"),
            "a:real=1.5,2.5,3.5\nb:integer=4,5,6\nc:integer=7,8,9\nd:category=u,v,u\n");
  EXPECT_EQ(shown("matlab.h5"), "c0:real=0,1,2\nc1:real=3,4,5\n");
}

TEST(OthersFiles, OfNamedMatrices) {
  EXPECT_EQ(shown("named.h5"), "age:real=0,2,4\nspend:real=1,3,5\n");
}

TEST(OthersFiles, OfRecords) {
  const auto table = open_table(world(), other("records.h5"));
  EXPECT_EQ(table->rows(), 40U);
  std::string names;
  for (const Column& column : table->columns()) {
    names += column.name + ":" + to_string(column.type) + " ";
  }
  EXPECT_EQ(names,
            "id:integer spend:real where.city:category where.zip:integer note:category "
            "scores_0:real scores_1:real member:integer ");
  const auto row = [&](std::uint64_t at) {
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < table->columns().size(); ++c) {
      cells.push_back(table->read_text(c, at, 1).at(0));
    }
    return cells;
  };
  EXPECT_THAT(row(39),
              ElementsAre("1152921504606847015", "9.75", "Bern", "3039", "n39", "39", "-39", "1"));
  const std::vector<std::size_t> columns = {1, 6, 3};
  std::vector<std::vector<double>> values(3, std::vector<double>(3));
  const std::vector<std::span<double>> out(values.begin(), values.end());
  table->read_number_columns(columns, 2, out);
  EXPECT_THAT(values, ElementsAre(ElementsAre(0.5, 0.75, 1), ElementsAre(-2, -3, -4),
                                  ElementsAre(3002, 3003, 3004)));
}

TEST(OthersFiles, OfR) {
  EXPECT_EQ(shown("rhdf5.h5"),
            "amount:real=1.5,,3.5\nactive:integer=0,,1\nplan:category=basic,gold,basic\n"
            "city:category=a,b,a\n");
  EXPECT_EQ(shown("rhdf5_na.h5"), "x:integer=1,,3\ny:integer=1,-2147483648,3\n");
}

TEST(OthersFiles, OfPackedChunks) {
  const auto expect_all = [](const std::string& name) {
    const auto table = open_table(world(), other(name));
    std::vector<double> values(table->rows());
    table->read_numbers(0, 0, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(values[i], static_cast<double>(i)) << name;
    }
    EXPECT_EQ(values.size(), 1000U);
  };
  expect_all("packed.h5:/gzip");
  expect_all("packed.h5:/shuffled");
  try {
    expect_all("packed.h5:/szip");
  } catch (const Error& error) {  // HDF5 can be built without it
    EXPECT_THAT(error.what(), HasSubstr("packed by the filter 4 (szip)"));
  }
  expect_refused("packed.h5:/lzf", "packed by the filter 32000 (lzf), which the HDF5 library here",
                 ExitCode::kUnfit);
}

TEST(OthersFiles, OfAnnData) {
  const std::string obs =
      "index:category=c1,c2,c3\nkind:category=a,,b\nage:integer=30,,50\ng1:real=0.5,1.5,2.5\n";
  EXPECT_EQ(shown("cells.h5"), obs + "g0:real=0,2,4\ng1_2:real=1,3,5\n");
  EXPECT_EQ(shown("cells.h5:/obs"), obs);
  EXPECT_EQ(shown("sparse.h5:/obs"), obs);
  expect_refused("sparse.h5", "X is a sparse matrix (csr_matrix); save it dense");
  expect_refused("sparse.h5:/X", "sparse");
}

constexpr const char* kFrame =
    "customer:integer=10,11,12\nvisits:integer=3,0,-5\namount:real=1.5,,2\n"
    "city:category=Bern,Zürich,\nday:date=2024-01-31,,2024-02-01\n";

TEST(OthersFiles, OfPandasTables) {
  EXPECT_EQ(shown("pandas_table.h5"), kFrame + std::string("plan:category=gold,,basic\n"
                                                           "score:real=4,5,6\n"));
  EXPECT_EQ(shown("pandas_table.h5:/df"), shown("pandas_table.h5"));
}

constexpr const char* kFixed =
    "customer:integer=10,11,12\nvisits:integer=3,0,-5\nday:date=2024-01-31,,2024-02-01\n"
    "spend:integer=7,8,9\n";

TEST(OthersFiles, OfPandasFixed) { EXPECT_EQ(shown("pandas_fixed.h5"), kFixed); }

TEST(OthersFiles, ThatPandasWroteItself) {
  if (!std::filesystem::exists(other("real_series.h5"))) {
    GTEST_SKIP() << "needs python3-pandas and python3-tables";
  }
  EXPECT_EQ(shown("real_table.h5"), shown("pandas_table.h5"));
  EXPECT_EQ(shown("real_data_columns.h5"), kFrame + std::string("score:real=4,5,6\n"));
  EXPECT_EQ(shown("real_fixed.h5"), kFixed);
  EXPECT_EQ(shown("real_series.h5"), "customer:integer=10,11,12\namount:real=1.5,,2\n");
}

TEST(OthersFiles, SayWhatIsWrong) {
  expect_refused("pandas_objects.h5", "objects of Python (texts, ...), which only Python reads");
  expect_refused("pandas_no_names.h5", "/df@non_index_axes is no list of names");
  expect_refused("codes_beyond.h5", "column 'x', row 2: 3 stands for none of its 2 values");
  expect_refused("centuries.h5", "column 'x', row 2: 4611686018427387904 is no date");
  expect_refused("months.h5", "units of 'M'");
}

// Here and there: an error with a message, or a table, but no crash.
TEST(OthersFiles, DamagedAnywhere) {
  const test::SharedFolder folder;
  for (const char* const name : {"pandas_table.h5", "pandas_fixed.h5", "rhdf5.h5"}) {
    std::ifstream from(other(name), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(from), {}};
    for (std::size_t at = 11; at < bytes.size(); at += 503) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 0xA5);
      if (world().is_root()) {
        std::ofstream(folder / "d.h5", std::ios::binary) << damaged;
      }
      world().barrier();
      std::unique_ptr<Table> table;
      try {
        table = open_table(world(), folder / "d.h5");
      } catch (const Error&) {
      }
      for (std::size_t c = 0; table && c < table->columns().size(); ++c) {
        try {
          (void)table->read_text(c, 0, table->rows());
        } catch (const Error&) {
        }
      }
      world().barrier();
    }
  }
}

}  // namespace
}  // namespace tessera::table
