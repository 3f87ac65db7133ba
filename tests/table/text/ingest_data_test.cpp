// Real customer files, where they are at hand: ../shared/data, or TESSERA_SHARED_DATA.
#include <cstdlib>

#include "table/text/ingest_support.hpp"

namespace tessera::table {
namespace {

struct Expected {
  const char* file;
  std::uint64_t rows;
  char delimiter;
  const char* types;  // first letters
  std::size_t notes;
  // of one column, by its number
  std::size_t column;
  std::uint64_t missing;
  double minimum;
  double maximum;
};

constexpr const char* kMarketing = "iicciiiciiiiiiiiiiiiiiiiiiiii";

const Expected kFiles[] = {
    {"wholesale.csv", 440, ',', "iiiiiiii", 0, 2, 0, 3, 112151},
    {"mall_customers.csv", 200, ',', "iciii", 0, 3, 0, 15, 137},
    {"bank_full.csv", 45211, ';', "icccciccciciiiicc", 0, 5, 0, -8019, 102127},
    {"marketing_campaign.csv", 2240, '\t', kMarketing, 0, 4, 24, 1730, 666666},
    {"variants/marketing_comma.csv", 2240, ',', kMarketing, 0, 4, 24, 1730, 666666},
    {"variants/marketing_leading_blank_line.csv", 2240, '\t', kMarketing, 0, 4, 24, 1730, 666666},
    {"variants/marketing_semicolon_bom.csv", 2240, ';', kMarketing, 0, 4, 24, 1730, 666666},
    {"variants/mall_genre_zeropad_ids.csv", 200, ',', "tciii", 0, 3, 0, 15, 137},
    {"variants/mall_keren.csv", 812, ',', "iciii", 0, 4, 60, 1, 99},
    {"variants/wholesale_semicolon.csv", 440, ';', "iiiiiiii", 0, 2, 0, 3, 112151},
    {"variants/wholesale_semicolon_trailing_cols.csv", 440, ';', "iiiiiiiicccccccc", 10, 2, 0, 3,
     112151},
    {"variants/wholesale_trailing_cols_highbytes.csv", 440, ',', "iiiiiiiit", 4, 2, 0, 3, 112151},
    {"variants/wholesale_extra_rows.csv", 500, ',', "iiiiiiii", 0, 2, 4, -17327, 2337588},
};

std::string data_folder() {
  const char* folder = std::getenv("TESSERA_SHARED_DATA");
  return folder != nullptr ? folder : TESSERA_DEFAULT_DATA;
}

class IngestData : public ::testing::TestWithParam<Expected> {};

TEST_P(IngestData, IsReadWhole) {
  const Expected& expected = GetParam();
  const std::string path = data_folder() + "/" + expected.file;
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "there is no " << path << "; set TESSERA_SHARED_DATA to the folder of the data";
  }
  IngestOptions options;
  options.chunk_bytes = 4096;
  const IngestedText t(file_bytes(path), options);
  EXPECT_EQ(t.report().rows, expected.rows);
  EXPECT_EQ(t.report().rejected, 0U);
  EXPECT_EQ(t.report().delimiter, expected.delimiter);
  EXPECT_EQ(t.report().notes.size(), expected.notes);
  std::string types;
  for (const Column& column : t.table().columns()) {
    types += to_string(column.type)[0];
  }
  EXPECT_EQ(types, expected.types);
  const ColumnSummary& summary = t.report().columns.at(expected.column).summary;
  EXPECT_EQ(summary.missing, expected.missing);
  EXPECT_EQ(summary.minimum, expected.minimum);
  EXPECT_EQ(summary.maximum, expected.maximum);
}

INSTANTIATE_TEST_SUITE_P(Files, IngestData, ::testing::ValuesIn(kFiles));

}  // namespace
}  // namespace tessera::table
