/// \file
/// Requests to one server for one file. Private to src/io/remote.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "io/remote/address.hpp"
#include "io/remote/libcurl.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/remote.hpp"

namespace tessera::io {

/// What a server answered.
struct RemoteAnswer {
  long status = 0;
  std::string tag;
  std::string modified;
  std::optional<std::uint64_t> length;  // of what it sends
  std::optional<std::uint64_t> first;   // of a range
  std::optional<std::uint64_t> total;
};

class RemoteFile::Connection {
 public:
  explicit Connection(RemoteAddress address);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] const std::string& shown() const { return address_.shown; }

  struct Take {
    /// A try begins: what came with the one before does not count.
    std::function<void()> begin;
    /// Takes the bytes that come, after the headers; false: no more are wanted.
    std::function<bool(const RemoteAnswer& answer, std::span<const char> bytes)> bytes;
  };
  /// Bytes [first, first + count) of a version, or of any. Throws `code` if there is no answer, or
  /// one that says it failed.
  RemoteAnswer get(std::uint64_t first, std::uint64_t count, const RemoteState* version,
                   ExitCode code, const Take& take);
  /// All of it.
  RemoteAnswer get_whole(ExitCode code, const Take& take);

 private:
  struct Transfer;
  RemoteAnswer perform(const std::string& range, const RemoteState* version, ExitCode code,
                       const Take& take);
  /// One try; nothing if another may do.
  std::optional<RemoteAnswer> attempt(ExitCode code, const Take& take, bool is_last);
  [[noreturn]] void fail_for(const RemoteAnswer& answer, ExitCode code) const;

  RemoteAddress address_;
  CURL* handle_;
};

}  // namespace tessera::io
