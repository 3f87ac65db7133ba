/// \file
/// Plain files: reading at any offset, and output that appears whole or not at all.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tessera/comm/communicator.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::io {

/// An open file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  int release();

 private:
  int fd_;
};

/// What is kept of a file from when it was opened, to see later whether it is still the same.
struct FileState {
  std::uint64_t size = 0;     ///< bytes
  std::int64_t modified = 0;  ///< nanoseconds since 1970, as precise as the file system keeps it

  bool operator==(const FileState&) const = default;
};

/// Nanoseconds since 1970 as "2026-11-25 15:04:05.123456 UTC".
[[nodiscard]] std::string time_text(std::int64_t nanoseconds);

/// A file for reading. Not collective: any rank may open and read what it likes.
class InputFile final : public Bytes {
 public:
  /// Throws kNoInput if the file is missing, is a folder or cannot be read; the text says which.
  explicit InputFile(std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& name() const override { return path_; }
  /// As it was opened, whatever becomes of the file.
  [[nodiscard]] std::uint64_t size() const override { return state_.size; }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> out) const override;
  void check_unchanged() const override;

  [[nodiscard]] const FileState& state() const { return state_; }
  /// For who reads by other means what was opened here.
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  std::string path_;
  Descriptor fd_;
  FileState state_;
};

/// The file that `path` is or would be, behind the symbolic links of its last component. Throws
/// kCannotCreate about an output called `path` if one of them was put by another user (but root or
/// the folder's owner) into a folder that others may write, or if they lead in a circle.
[[nodiscard]] std::string follow_links(const std::string& path);

/// A file that all ranks write, each at its own offsets, and that appears under its name only when
/// it is whole: it is written beside the target under a temporary name, flushed to disk, and
/// renamed. Destroyed without commit(), or with the process by SIGINT, SIGTERM, SIGHUP or SIGXCPU,
/// it leaves nothing behind; what SIGKILL leaves, the next output of that name removes.
class OutputFile {
 public:
  /// Mode of files that may hold customers' data: readable by the owner alone.
  static constexpr mode_t kPrivate = 0600;

  /// Collective. Throws kCannotCreate on all ranks if the folder is missing or not writable, or if
  /// `path` is a folder.
  OutputFile(const comm::Communicator& comm, std::string path, mode_t mode = kPrivate);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Where the bytes are until commit(); a library may write through this name on one rank.
  [[nodiscard]] const std::string& temporary_path() const { return temporary_; }

  /// Not collective. Writes all of `bytes` at `offset`; throws kIo naming the file and the reason
  /// (a full disk, a quota, ...).
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes) const;
  void write_at(std::uint64_t offset, std::string_view text) const;

  /// Collective. Sets the file's length and asks the file system for the space now, so that a disk
  /// too full is noticed before hours of work; throws kIo on all ranks.
  void reserve(std::uint64_t size) const;

  /// Collective. Brings to disk what was written, after which nothing is: until then a file system
  /// may find that it has no room (a network's, a quota, one that allocates late). Throws kIo on
  /// all ranks. Several files that are to appear together are all flushed before any is committed.
  void flush();
  /// Collective. Flushes unless flush() did, renames to path(), flushes the folder.
  void commit();

 private:
  const comm::Communicator& comm_;
  std::string path_;
  std::string target_;  // of the root rank: path_ behind links
  std::string temporary_;
  Descriptor fd_;
  bool flushed_ = false;
  bool committed_ = false;
};

/// A text file written by all ranks in rounds: in each round every rank brings a piece (possibly
/// empty), and the pieces follow one another in rank order, behind those of earlier rounds. With
/// rank r taking block t * ranks + r in round t, the file is in block order whatever the ranks,
/// and no rank holds more than one block.
class OrderedTextFile {
 public:
  OrderedTextFile(const comm::Communicator& comm, const std::string& path,
                  mode_t mode = OutputFile::kPrivate);

  /// Collective.
  void append(std::string_view piece);
  /// Collective, as those of OutputFile.
  void flush() { file_.flush(); }
  void commit() { file_.commit(); }

  [[nodiscard]] std::uint64_t bytes() const { return end_; }

 private:
  const comm::Communicator& comm_;
  OutputFile file_;
  std::uint64_t end_ = 0;
};

}  // namespace tessera::io
