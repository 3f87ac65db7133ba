#include "tessera/report/document.hpp"

#include <gtest/gtest.h>

namespace tessera::report {
namespace {

Document example() {
  Table table({{.title = "segment"},
               {.title = "customers", .key = "sizes", .width = 11},
               {.title = "name", .left = true}});
  table.row({{"1"}, {"1,200", 1200}, {"Zoë"}}).row({{"2"}, {"300", 300}, {""}});
  Lines lines(6);
  lines.line("inertia", "inertia", {"1.5", 1.5}).line("model", "m.h5");
  return Document().text("\n1,500 customers\n\n").add(table).add(lines).set("rows", 1500);
}

TEST(Document, IsTextForPeople) {
  EXPECT_EQ(example().to_text(),
            "\n"
            "1,500 customers\n"
            "\n"
            "segment    customers  name\n"
            "      1        1,200  Zoë\n"
            "      2          300\n"
            "inertia  1.5\n"
            "model    m.h5\n");
  EXPECT_EQ(Document().set("rows", 1).to_text(), "");
}

TEST(Document, IsAnObjectForPrograms) {
  EXPECT_EQ(example().to_json(),
            nlohmann::json::parse(R"({"rows": 1500, "sizes": [1200, 300], "inertia": 1.5})"));
  EXPECT_EQ(Document().to_json(), nlohmann::json::object());
}

TEST(Document, SaysNothingTwice) {
  EXPECT_THROW(Document().set("rows", 1).set("rows", 2), std::logic_error);
  EXPECT_THROW((void)example().set("sizes", 0).to_json(), std::logic_error);
  EXPECT_THROW(Table({{.title = "a"}}).row({}), std::logic_error);
}

TEST(Table, WithoutTitlesHasNoHeadAndCountsCharacters) {
  Table table({{.title = "", .left = true}, {.title = ""}}, "  ");
  table.row({{"é"}, {"1"}}).row({{"ab"}, {"10"}});
  EXPECT_EQ(table.to_text(), "  é    1\n  ab  10\n");
}

TEST(ShareText, IsInPercent) {
  EXPECT_EQ(share_text(1, 8), "12.5 %");
  EXPECT_EQ(share_text(0, 0), "0.0 %");
}

}  // namespace
}  // namespace tessera::report
