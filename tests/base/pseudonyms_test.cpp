#include "tessera/base/pseudonyms.hpp"

#include <gtest/gtest.h>

namespace tessera {
namespace {

// RFC 4231, test cases 1 and 6: the first 128 bits.
TEST(Pseudonyms, AreHmacSha256) {
  EXPECT_EQ(Pseudonyms(std::string(20, '\x0b')).of("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b");
  EXPECT_EQ(Pseudonyms(std::string(131, '\xaa'))
                .of("Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f");
}

TEST(Pseudonyms, AreTheSameAgain) {
  const Pseudonyms pseudonyms("sixteen bytes or more");
  const std::string first = pseudonyms.of("C000000001");
  EXPECT_NE(pseudonyms.of("C000000002"), first);
  EXPECT_EQ(pseudonyms.of("C000000001"), first);
  EXPECT_NE(Pseudonyms("sixteen bytes or morf").of("C000000001"), first);
}

}  // namespace
}  // namespace tessera
