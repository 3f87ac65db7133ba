/// \file
/// Where a file of a server is, and who asks for it. Private to src/io/remote.
#pragma once

#include <string>

namespace tessera::io {

struct RemoteAddress {
  std::string shown;  ///< for messages
  std::string url;
  // of s3:// alone, and never shown
  std::string signing;  ///< "aws:amz:eu-west-1:s3"; empty: requests are not signed
  std::string key;      ///< "id:secret"
  std::string token;

  /// Throws kUsage about `input` if the url is not one, or has a password in it; kNoInput if only
  /// one of the two parts of a key is there.
  [[nodiscard]] static RemoteAddress of(const std::string& url);
};

/// A variable of the environment; empty if it is not set.
[[nodiscard]] std::string environment(const char* name);

}  // namespace tessera::io
