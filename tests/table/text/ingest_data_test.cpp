// Real customer files, where they are at hand: ../shared/data, or TESSERA_SHARED_DATA.
#include <gmock/gmock.h>

#include <cstdlib>

#include "table/text/ingest_support.hpp"
#include "tessera/base/text.hpp"

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

constexpr const char* kMarketing = "iicciiidiiiiiiiiiiiiiiiiiiiii";

const Expected kFiles[] = {
    {"wholesale.csv", 440, ',', "iiiiiiii", 0, 2, 0, 3, 112151},
    {"mall_customers.csv", 200, ',', "iciii", 0, 3, 0, 15, 137},
    {"bank_full.csv", 45211, ';', "icccciccciciiiicc", 0, 5, 0, -8019, 102127},
    {"marketing_campaign.csv", 2240, '\t', kMarketing, 1, 4, 24, 1730, 666666},
    {"variants/marketing_comma.csv", 2240, ',', kMarketing, 1, 4, 24, 1730, 666666},
    {"variants/marketing_leading_blank_line.csv", 2240, '\t', kMarketing, 1, 4, 24, 1730, 666666},
    {"variants/marketing_semicolon_bom.csv", 2240, ';', kMarketing, 1, 4, 24, 1730, 666666},
    {"variants/mall_genre_zeropad_ids.csv", 200, ',', "tciii", 0, 3, 0, 15, 137},
    {"variants/mall_keren.csv", 812, ',', "iciii", 0, 4, 60, 1, 99},
    {"variants/wholesale_semicolon.csv", 440, ';', "iiiiiiii", 0, 2, 0, 3, 112151},
    {"variants/wholesale_semicolon_trailing_cols.csv", 440, ';', "iiiiiiiicccccccc", 10, 2, 0, 3,
     112151},
    {"variants/wholesale_trailing_cols_highbytes.csv", 440, ',', "iiiiiiiit", 4, 2, 0, 3, 112151},
    {"everyday/decimal_comma.csv", 3, ';', "ttrr", 1, 2, 0, 75, 11003.1},
    {"everyday/decimal_comma_cp1252.csv", 3, ';', "ttrr", 2, 2, 0, 75, 11003.1},
    {"everyday/sep_line.csv", 3, ';', "ttrr", 2, 2, 0, 75, 11003.1},
    {"everyday/money.csv", 3, ',', "irr", 2, 1, 0, 15, 2400.1},
    {"everyday/percent.csv", 3, ',', "ir", 1, 1, 0, 7, 100},
    {"everyday/missing.csv", 5, ',', "iii", 1, 1, 4, 7, 7},
    {"everyday/dates.csv", 3, ',', "idd", 2, 1, 1, 1608854400, 1617408000},
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

// Files as they come, of which only what stands around the rows matters here.
struct Form {
  const char* file;
  std::uint64_t rows;
  const char* names;
  const char* column;  // of numbers; empty: none is looked at
  double sum;
  const char* note;
  OnError on_error = OnError::kStop;
};

const Form kForms[] = {
    {"cdnow_master.txt", 69659, "column_1,column_2,column_3,column_4", "column_4", 2500315.63, ""},
    {"everyday/sep_line.csv", 3, "KundeNr,Ort,Umsatz,Rabatt", "", 0, "it states the delimiter ';'"},
    {"everyday/decimal_comma_utf16.csv", 3, "KundeNr,Ort,Umsatz,Rabatt", "", 0, "UTF-16LE"},
    {"everyday/title_rows.csv", 2, "id,points", "points", 350, "lines 1 to 3 were skipped"},
    {"everyday/two_headers.csv", 2, "id,X1,X2", "X2", 150, "line 2 was not read as a row"},
    {"everyday/total_row.csv", 3, "id,spend", "spend", 60, "the last row, in line 4"},
    {"everyday/ragged.csv", 2, "id,a,b", "a", 5, "1 short row filled up", OnError::kFill},
    {"everyday/old_mac.csv", 2, "id,a", "a", 5, "CR alone"},
};

class IngestForms : public ::testing::TestWithParam<Form> {};

TEST_P(IngestForms, AreFound) {
  const Form& form = GetParam();
  const std::string path = data_folder() + "/" + form.file;
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "there is no " << path << "; set TESSERA_SHARED_DATA to the folder of the data";
  }
  IngestOptions options;
  options.chunk_bytes = form.rows > 100 ? 4096 : 7;
  options.on_error = form.on_error;
  const IngestedText t(file_bytes(path), options);
  EXPECT_EQ(t.report().rows, form.rows);
  std::vector<std::string> names;
  for (const Column& column : t.table().columns()) {
    names.push_back(column.name);
  }
  EXPECT_EQ(join_names(names), join_names(split_names(form.names)));
  EXPECT_THAT(t.report().notes,
              form.note[0] == '\0'
                  ? ::testing::Matcher<std::vector<std::string>>(::testing::IsEmpty())
                  : ::testing::Contains(::testing::HasSubstr(form.note)));
  if (form.column[0] != '\0') {
    std::vector<double> values(form.rows);
    t.table().read_numbers(t.table().find(form.column), 0, values);
    double sum = 0;
    for (const double value : values) {
      sum += value;
    }
    EXPECT_NEAR(sum, form.sum, 0.001);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, IngestForms, ::testing::ValuesIn(kForms));

}  // namespace
}  // namespace tessera::table
