#include "table/values/number.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <random>
#include <string>

namespace tessera::table {
namespace {

TEST(Number, KnowsItsKind) {
  const auto kind = [](const char* cell) { return parse_number(cell).kind; };
  for (const char* cell :
       {"0", "-0", "+7", "007", "123456789012345", "9223372036854775807", "-9223372036854775807"}) {
    EXPECT_EQ(kind(cell), NumberKind::kInteger) << cell;
  }
  for (const char* cell : {"1.", ".5", "-.5", "1e3", "1E-3", "+2.5", "1e-400", "0.10"}) {
    EXPECT_EQ(kind(cell), NumberKind::kReal) << cell;
  }
  for (const char* cell :
       {"9223372036854775808", "-9223372036854775808", "1000000000000000000000"}) {
    EXPECT_EQ(kind(cell), NumberKind::kBigInteger) << cell;
  }
  for (const char* cell : {"inf", "-Infinity", "1e400", "-1e999"}) {
    EXPECT_EQ(kind(cell), NumberKind::kNotFinite) << cell;
  }
  for (const char* cell : {"", "-", "+", ".", "-.", "+-1", "1-", "1.2.3", "0x10", "1_000", "nan",
                           "1e", "e5", "1,5", "1 2", "abc"}) {
    EXPECT_EQ(kind(cell), NumberKind::kNone) << cell;
  }
}

// Compared with the C library, over spellings on both sides of every shortcut.
TEST(Number, IsTheNearestDouble) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200000; ++i) {
    std::string cell = random() % 2 == 0 ? "-" : "";
    const std::size_t digits = 1 + random() % 19;
    const std::size_t point = random() % (digits + 2);
    for (std::size_t d = 0; d < digits; ++d) {
      if (d == point) {
        cell += '.';
      }
      cell += static_cast<char>('0' + random() % 10);
    }
    const Number number = parse_number(cell);
    ASSERT_NE(number.kind, NumberKind::kNone) << cell;
    ASSERT_EQ(number.real, std::strtod(cell.c_str(), nullptr)) << cell;
    if (number.kind == NumberKind::kInteger) {
      ASSERT_EQ(number.integer, std::strtoll(cell.c_str(), nullptr, 10)) << cell;
    }
  }
}

// Random spellings, right and wrong, as cells in the midst of other text.
TEST(Number, IsTheSameInACell) {
  std::mt19937_64 random(2);
  const std::string usual = "0123456789012345678901234567890123456789....--+eE ,x\xFA\n";
  for (int i = 0; i < 1000000; ++i) {
    std::string text;
    // mostly digits, else any of the above
    const std::size_t odd = random() % 4 == 0 ? usual.size() : 44;
    const std::size_t size = random() % 20;
    for (std::size_t c = 0; c < size + kCellSlack; ++c) {
      text += usual[random() % odd];
    }
    if (random() % 3 == 0) {
      text[0] = '-';
    }
    const std::string_view cell(text.data(), size);
    const Number expected = parse_number(cell);
    const Number found = parse_cell(cell);
    ASSERT_EQ(found.kind, expected.kind) << cell;
    ASSERT_EQ(found.integer, expected.integer) << cell;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(found.real), std::bit_cast<std::uint64_t>(expected.real))
        << cell;
  }
}

TEST(Number, SpellsEqualNumbersAlike) {
  const auto spelling = [](const char* cell) { return canonical(parse_number(cell)); };
  EXPECT_EQ(spelling("1"), spelling("1.0"));
  EXPECT_EQ(spelling("-0"), spelling("0.0"));
  EXPECT_EQ(spelling("-0.0"), spelling("0"));
  EXPECT_EQ(spelling("100"), spelling("1e2"));
  EXPECT_NE(spelling("9007199254740992"), spelling("9007199254740993"));
}

}  // namespace
}  // namespace tessera::table
