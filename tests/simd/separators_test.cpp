#include "tessera/simd/separators.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tessera/simd/byte_scan.hpp"

namespace tessera::simd {
namespace {

std::string random_text(std::mt19937& random, std::size_t size, const std::string& alphabet) {
  std::string text(size, ' ');
  for (char& c : text) {
    c = alphabet[random() % alphabet.size()];
  }
  return text;
}

bool is_separator(char c, char delimiter) { return c == delimiter || c == '\n'; }
bool is_blank(char c) { return static_cast<signed char>(c) <= ' '; }

TEST(ByteBlock, ComparesEachByte) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    std::string text(kScanBytes, ' ');
    for (char& c : text) {
      c = static_cast<char>(random());
    }
    const char c = text[random() % text.size()];
    const ByteBlock block(text.data());
    for (std::size_t at = 0; at < kScanBytes; ++at) {
      ASSERT_EQ(block.equal(c) >> at & 1U, text[at] == c ? 1U : 0U);
      ASSERT_EQ(block.at_most(c) >> at & 1U,
                static_cast<signed char>(text[at]) <= static_cast<signed char>(c) ? 1U : 0U);
    }
  }
}

// In steps, the state going from one to the next.
void compare_with_plain_loop(void (*scanner)(SeparatorScan&)) {
  std::mt19937 random(2);
  for (int i = 0; i < 3000; ++i) {
    const char delimiter = i % 2 == 0 ? ',' : '\t';
    std::string alphabet = i % 3 == 0 ? ",\n\tab" : "abcdefghijklmnop,,,,\n";
    alphabet += i % 5 == 0 ? " \r\xE9" : i % 5 == 1 ? "\"" : "";
    const std::string text = random_text(random, random() % 2000, alphabet);
    std::vector<std::uint32_t> found(text.size() + SeparatorScan::kSlack);
    SeparatorScan scan;
    scan.text = text.data();
    scan.delimiter = delimiter;
    scan.out = found.data();
    while (true) {
      const std::size_t before = scan.at;
      scan.end = std::min(text.size(), before + random() % 700);
      scan.enough = scan.out + random() % 200;
      scanner(scan);
      ASSERT_EQ((scan.at - before) % kScanBytes, 0U);
      const bool whole = scan.at + kScanBytes <= text.size();
      const std::size_t quote = text.find('"', scan.at);
      if (!whole || quote < scan.at + kScanBytes) {
        break;
      }
    }
    std::vector<std::uint32_t> expected;
    std::size_t trimmed_from = 0;
    for (std::size_t at = 0; at < scan.at; ++at) {
      ASSERT_NE(text[at], '"');
      const bool first = at == 0 || is_separator(text[at - 1], delimiter);
      const bool blank = is_blank(text[at]) && !is_separator(text[at], delimiter);
      const bool after_blank =
          at > 0 && is_blank(text[at - 1]) && !is_separator(text[at - 1], delimiter);
      if ((blank && first) || (text[at] == delimiter && after_blank)) {
        trimmed_from = (at / kScanBytes + 1) * kScanBytes;
      }
      if (is_separator(text[at], delimiter)) {
        expected.push_back(static_cast<std::uint32_t>(at) |
                           (text[at] == '\n' ? SeparatorScan::kNewline : 0U));
      }
    }
    found.resize(static_cast<std::size_t>(scan.out - found.data()));
    ASSERT_EQ(found, expected);
    ASSERT_EQ(scan.trimmed_from, trimmed_from);
  }
}

TEST(TextCensus, CountsAllBytes) {
  std::mt19937 random(3);
  for (int i = 0; i < 1000; ++i) {
    const std::string alphabet =
        std::string(i % 2 == 0 ? "ab\n" : "ab\n\"") + (i % 3 == 0 ? '\0' : 'c');
    const std::string text = random_text(random, random() % 300, alphabet);
    for (const SimdLevel level : available_simd_levels()) {
      const TextCensus census = text_kernels(level).take_census(text);
      ASSERT_EQ(census.newlines, std::ranges::count(text, '\n'));
      ASSERT_EQ(census.any_quote, text.find('"') != std::string::npos);
      ASSERT_EQ(census.any_zero, text.find('\0') != std::string::npos);
    }
  }
}

TEST(Separators, AreThoseOfAPlainLoop) {
  for (const SimdLevel level : available_simd_levels()) {
    SCOPED_TRACE(to_string(level));
    compare_with_plain_loop(text_kernels(level).scan_separators);
  }
}

}  // namespace
}  // namespace tessera::simd
