/// \file
/// Files that a server has: https:// and s3://, read in ranges by many ranks through libcurl.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::io {

/// Whether an input is one: it begins with https:// or s3://.
[[nodiscard]] bool is_remote(std::string_view input);
/// The address of an https:// file without what follows `?`, which may be a signature: its name for
/// messages, and for its ending. Other inputs as they are.
[[nodiscard]] std::string without_query(const std::string& url);

/// Whether bytes are packed, as their first ones tell.
[[nodiscard]] bool is_packed(const Bytes& bytes);

/// Which version of a file a server has.
struct RemoteState {
  std::uint64_t size = 0;
  std::string tag;       ///< ETag; empty if the server names none
  std::string modified;  ///< Last-Modified; likewise
  bool in_parts = true;  ///< the server sends any range of it
};

/// One version of such a file. Every request asks for that version, and what comes back is held
/// against it. Requests that fail in passing are made three times.
///
/// s3://bucket/key is the server of AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, or that of AWS_REGION
/// or AWS_DEFAULT_REGION; requests are signed (Signature Version 4) if there is an
/// AWS_ACCESS_KEY_ID, with AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Certificates are checked by
/// those of the system, or of CURL_CA_BUNDLE, SSL_CERT_FILE or AWS_CA_BUNDLE. A server that sends
/// nothing for 60 seconds (TESSERA_HTTP_TIMEOUT) is given up.
class RemoteFile final : public Bytes {
 public:
  /// Asks the server. Throws kUsage, kUnfit (no libcurl) or kNoInput.
  explicit RemoteFile(const std::string& url);
  /// A version that is known. Asks nothing yet.
  RemoteFile(const std::string& url, RemoteState state);
  ~RemoteFile() override;

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t size() const override { return state_.size; }
  /// Throws kIo where the server fails, or has another version by now.
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> out) const override;
  void check_unchanged() const override;

  [[nodiscard]] const RemoteState& state() const { return state_; }
  /// All of it, in a temporary file without a name: from a server that does not send parts.
  [[nodiscard]] std::unique_ptr<Bytes> fetch_whole() const;

 private:
  class Connection;
  struct Block {
    std::uint64_t number = 0;
    std::vector<char> bytes;
  };
  [[nodiscard]] const Block& block(std::uint64_t number) const;

  std::string name_;
  std::unique_ptr<Connection> connection_;
  RemoteState state_;
  mutable std::mutex mutex_;
  mutable std::vector<Block> blocks_;  // the last few that were read, the latest in front
};

/// Collective: on each rank the version of the file that the root has.
[[nodiscard]] std::unique_ptr<RemoteFile> open_on_all(const comm::Communicator& comm,
                                                      const std::string& url,
                                                      std::unique_ptr<RemoteFile> roots);

}  // namespace tessera::io
