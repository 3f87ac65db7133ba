#include "table/values/kept_column.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tessera::table {
namespace {

std::vector<std::string> texts_of(const KeptColumn& column) {
  std::vector<std::string> all;
  column.for_each_text([&](std::span<const std::string_view> texts) {
    all.insert(all.end(), texts.begin(), texts.end());
  });
  return all;
}

TEST(KeptColumn, GivesTextsBackThatAreLikeThoseBeforeThem) {
  KeptColumn column;
  const std::vector<std::string> texts = {"",  "",   "a", "a",         "a", "",         "a", "ab",
                                          "b", "ab", "é", "\xC3\xA9é", "é", "\xC3\xA9", ""};
  for (const std::string& text : texts) {
    column.add_text(text);
  }
  EXPECT_EQ(texts_of(column), texts);
}

TEST(KeptColumn, FoldsTextsOverPiecesAndBatches) {
  KeptColumn column;
  std::vector<std::string> texts;
  for (int i = 0; i < 200'000; ++i) {
    texts.push_back("invoice " + std::to_string(i / 7));
    column.add_text(texts.back());
  }
  EXPECT_EQ(texts_of(column), texts);
  std::size_t unfolded = 0;
  for (const std::string& text : texts) {
    unfolded += text.size() + 1;
  }
  EXPECT_EQ(column.unfolded_bytes(), unfolded);
  EXPECT_LT(column.bytes(), unfolded / 3);
}

}  // namespace
}  // namespace tessera::table
