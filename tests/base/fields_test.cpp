#include "tessera/base/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/expect_error.hpp"

namespace tessera {

enum class Colour { kRed, kGreen, kBlue };

template <>
struct Choices<Colour> {
  static constexpr auto all = std::to_array<Choice<Colour>>(
      {{Colour::kRed, "red"}, {Colour::kGreen, "green"}, {Colour::kBlue, "blue"}});
};

namespace {

using test::expect_error;
using ::testing::ElementsAre;

struct Inner {
  std::uint64_t restarts = 1;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.restarts, Field{.name = "restarts", .value = "N", .help = "runs", .least = 1});
  }
};

struct Outer {
  bool deep = false;
  std::int64_t shift = -3;
  double tolerance = 1e-4;
  std::string path = "a b";
  std::vector<std::string> columns = {"x", "y, z"};
  Colour colour = Colour::kGreen;
  Inner inner;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.deep, Field{.name = "deep"});
    visit(self.shift, Field{.name = "shift", .least = -5, .most = 5});
    visit(self.tolerance, Field{.name = "tolerance", .least = 0});
    visit(self.path, Field{.name = "path"});
    visit(self.columns, Field{.name = "columns"});
    visit(self.colour, Field{.name = "colour"});
    Inner::fields(self.inner, visit);
  }
};

std::vector<std::string> texts(const Outer& outer) {
  std::vector<std::string> all;
  visit_fields(outer, [&](const auto& member, const Field& field) {
    all.push_back(std::string(field.name) + "=" + field_text(member));
  });
  return all;
}

TEST(Fields, AreListedInOrderWithNestedOnes) {
  EXPECT_THAT(texts({}), ElementsAre("deep=false", "shift=-3", "tolerance=0.0001", "path=a b",
                                     "columns=x,\"y, z\"", "colour=green", "restarts=1"));
}

TEST(Fields, ComeBackFromTheirTexts) {
  Outer there;
  there.deep = true;
  there.tolerance = 0.1;
  there.columns = {};
  there.colour = Colour::kBlue;
  there.inner.restarts = std::numeric_limits<std::uint64_t>::max();
  Outer back;
  visit_fields(there, [&](const auto& member, const Field& field) {
    visit_fields(back, [&](auto& other, const Field& same) {
      if (same.name == field.name) {
        EXPECT_TRUE(read_field(other, field_text(member))) << field.name;
      }
    });
  });
  EXPECT_EQ(texts(back), texts(there));
}

TEST(ReadField, TakesOnlyItsKind) {
  std::uint64_t count = 7;
  for (const char* text : {"", "-1", "1.5", "x", "7x", " 7", "99999999999999999999", "+-1"}) {
    EXPECT_FALSE(read_field(count, text)) << text;
  }
  EXPECT_EQ(count, 7U);
  EXPECT_TRUE(read_field(count, "+8"));
  EXPECT_EQ(count, 8U);
  double real = 0;
  EXPECT_TRUE(read_field(real, "1e-3"));
  EXPECT_EQ(real, 1e-3);
  EXPECT_FALSE(read_field(real, "1e-3s"));
  bool truth = true;
  EXPECT_FALSE(read_field(truth, "maybe"));
  EXPECT_TRUE(truth);
  EXPECT_TRUE(read_field(truth, "off"));
  EXPECT_FALSE(truth);
  Colour colour = Colour::kRed;
  EXPECT_FALSE(read_field(colour, "Blue"));
  EXPECT_EQ(colour, Colour::kRed);
}

TEST(CheckFields, NamesFieldValueAndRange) {
  Outer outer;
  check_fields(outer);
  outer.inner.restarts = 0;
  try {
    check_fields(outer);
    ADD_FAILURE() << "0 restarts are taken";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "restarts 0: expected a whole number from 1 to 18446744073709551615");
    EXPECT_EQ(error.about(), "restarts");
    EXPECT_EQ(error.code(), ExitCode::kUsage);
  }
  outer = {};
  outer.shift = 6;
  expect_error(ExitCode::kUsage, "shift 6: expected a whole number from -5 to 5",
               [&] { check_fields(outer); });
  outer = {};
  for (const double bad :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    outer.tolerance = bad;
    expect_error(ExitCode::kUsage, ": expected a number from 0 on", [&] { check_fields(outer); });
  }
}

TEST(ParseChoice, SaysWhichThereAre) {
  EXPECT_EQ(parse_choice<Colour>("blue"), Colour::kBlue);
  expect_error(ExitCode::kUsage, "colour pink: expected red, green or blue",
               [] { (void)parse_choice<Colour>("pink", "colour"); });
}

}  // namespace
}  // namespace tessera
