#include "table/h5/pickled_words.hpp"

#include <gmock/gmock.h>

namespace tessera::table {
namespace {

using ::testing::ElementsAre;

TEST(PickledWords, AreThoseOfListsTuplesAndDictionaries) {
  EXPECT_THAT(*pickled_words("(lp0\nVvisits\np1\naVamount\np2\na."),
              ElementsAre("visits", "amount"));
  EXPECT_THAT(*pickled_words("(lp0\n(I1\n(lp1\nVa\np2\natp3\na."), ElementsAre("1", "a"));
  EXPECT_THAT(*pickled_words("(dp0\nVname\np1\nVid\np2\nsI1\n(dp3\nVname2\np4\ng2\nss."),
              ElementsAre("name", "id", "1", "name2", "id"));
  EXPECT_THAT(*pickled_words("(lp0\nI5\naL7L\naS'x'\np1\naF0.5\na."),
              ElementsAre("5", "7", "x", "0.5"));
  EXPECT_THAT(*pickled_words("N."), ElementsAre());
}

TEST(PickledWords, AreUnescaped) {
  EXPECT_THAT(*pickled_words("VZ\xFCrich\n."), ElementsAre("Zürich"));
  EXPECT_THAT(*pickled_words("V\\u20ac \\U0001f600 \\u005c \\x\n."), ElementsAre("€ 😀 \\ \\x"));
}

TEST(PickledWords, PassOverWhatIsImported) {
  EXPECT_THAT(*pickled_words("(dp0\nVtz\np1\ncpytz\n_p\np2\n(VUTC\np3\ntp4\nRp5\ns."),
              ElementsAre("tz", "UTC"));
}

TEST(PickledWords, AreNoneOfOtherBytes) {
  for (const char* bytes :
       {"", "(lp0\nVa", "Va", "Va\n", "\x80\x04]", "nonsense", "cos", "cos\nx"}) {
    EXPECT_FALSE(pickled_words(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace tessera::table
