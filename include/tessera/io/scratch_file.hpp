/// \file
/// A file for what does not fit into memory, which nobody else sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tessera/io/file.hpp"

namespace tessera::io {

/// It has no name (O_TMPFILE, or it is removed as soon as it is made), so that it is gone with the
/// process however that ends. Of one rank; not collective.
class ScratchFile {
 public:
  /// Throws kCannotCreate naming the folder.
  explicit ScratchFile(const std::string& folder);

  /// Writes behind what is there, and returns where that begins. Throws kIo naming the folder and
  /// the reason (a full disk, a quota, ...).
  std::uint64_t append(std::span<const std::byte> bytes);

  /// Fills `out` with what stands from `offset` on. Throws kIo.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// For messages: "a scratch file in /tmp".
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  Descriptor fd_;
  std::uint64_t size_ = 0;
};

/// The folder that the environment names for such files (TMPDIR), else /tmp.
[[nodiscard]] std::string usual_scratch_folder();

}  // namespace tessera::io
