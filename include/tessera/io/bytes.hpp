/// \file
/// Where bytes come from: files that any rank reads at any place, and streams that one rank reads
/// from the beginning to the end, unpacked on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tessera::io {

/// Bytes that can be read at any offset, by several readers side by side.
class Bytes {
 public:
  Bytes() = default;
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  Bytes(Bytes&&) = default;
  Bytes& operator=(Bytes&&) = default;
  virtual ~Bytes() = default;

  /// The name for messages: the path as the user gave it.
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on, but for what would be behind size(); returns how many bytes that
  /// are. Throws kIo, also where a file ends before size(): less than that is never returned.
  [[nodiscard]] virtual std::size_t read_at(std::uint64_t offset, std::span<char> out) const = 0;
  /// Throws kIo, saying what changed, if what was read is not to be trusted: if the file has been
  /// written to, cut or appended to since it was opened. One that was removed, or replaced by
  /// another of its name, is still read as it was, and so unchanged. Before a result is kept or
  /// shown, this is asked of all that it was made from.
  virtual void check_unchanged() const {}
};

/// Bytes in memory, which the caller keeps.
class MemoryBytes final : public Bytes {
 public:
  MemoryBytes(std::string name, std::string_view bytes) : name_(std::move(name)), bytes_(bytes) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> out) const override {
    return offset < bytes_.size() ? bytes_.copy(out.data(), out.size(), offset) : 0;
  }

 private:
  std::string name_;
  std::string_view bytes_;
};

/// Bytes one after the other.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;
  /// Fills `out` with the next bytes, wholly unless the stream ends; returns how many. Throws kIo,
  /// also where a file ends before the size that it had, or kBadData for packed bytes that are
  /// damaged or incomplete.
  virtual std::size_t read(std::span<char> out) = 0;
};

/// True of the names of the standard input: "-", /dev/stdin and the like.
[[nodiscard]] bool is_standard_input(const std::string& path);

/// What stands under `path`: `stream` if it has to be read as one stream, since it is packed (which
/// its first bytes tell, not its name), a pipe or the standard input; else a plain file.
enum class Access { kAnywhere, kStream };
/// Opens and looks at the first bytes where that costs none of them: of pipes it does not. Throws
/// kNoInput as InputFile does.
[[nodiscard]] Access access_of(const std::string& path);

/// Opens a path of any kind as a stream of unpacked bytes. Throws kNoInput; kBadData where the
/// bytes begin like packed ones but are not.
[[nodiscard]] std::unique_ptr<Stream> open_stream(const std::string& path);
/// Likewise, from their beginning, bytes that the caller keeps.
[[nodiscard]] std::unique_ptr<Stream> open_stream(const Bytes& bytes);

/// Text is UTF-8, or what a person takes it for, unless its encoding is stated, or its first
/// kEncodingBytes tell another one.
inline constexpr std::string_view kAnyEncoding = "auto";
inline constexpr std::size_t kEncodingBytes = 4096;

/// The encoding that the first bytes of a text tell, by its name for iconv: UTF-16 or UTF-32 by the
/// byte order mark; UTF-16 without one where a third of the characters or more are of Latin-1, and
/// so every other of their bytes is zero, and no other byte is. Empty if they tell none.
[[nodiscard]] std::string encoding_of(std::string_view first_bytes);

/// Throws kUsage about `encoding` if `name` is neither kAnyEncoding nor known to iconv.
void check_encoding(const std::string& name);

struct DecodedText {
  std::unique_ptr<Stream> stream;  ///< of UTF-8, without a byte order mark; or the text as it is
  std::string encoding;            ///< that it had; empty if the text is as it is
  bool by_mark = false;            ///< its byte order mark says so
};
/// A text of the encoding stated, or if that is kAnyEncoding of the one that its first bytes tell.
/// Throws kUsage as check_encoding(); reading throws kBadData, naming line and byte of the text,
/// where bytes are no character of the encoding.
[[nodiscard]] DecodedText open_decoded(std::unique_ptr<Stream> stream, const std::string& encoding);

/// True if a text that begins so, of which these bytes are the `whole`, ends its lines with CR
/// alone.
[[nodiscard]] bool ends_lines_with_cr(std::string_view first_bytes, bool whole);
/// The same text with a line feed in the place of each CR.
[[nodiscard]] std::unique_ptr<Bytes> with_line_feeds(std::unique_ptr<Bytes> bytes);
[[nodiscard]] std::unique_ptr<Stream> with_line_feeds(std::unique_ptr<Stream> stream);

/// The name without the ending of a packing: customers.csv of customers.csv.gz.
[[nodiscard]] std::string without_packing(const std::string& path);

}  // namespace tessera::io
