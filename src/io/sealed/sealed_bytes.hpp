/// \file
/// Reading a sealed file: what is handed out was compared with its checksum. Private to src/io.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "io/sealed/seal.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/io/file.hpp"

namespace tessera::io {

/// Bytes [begin, end) of a sealed file are not those that were written.
class Damage final : public std::runtime_error {
 public:
  Damage(std::uint64_t from, std::uint64_t to)
      : std::runtime_error("damaged block"), begin(from), end(to) {}
  std::uint64_t begin;
  std::uint64_t end;
};

/// The header and the content of a sealed file. Not for two threads at once.
class SealedBytes final : public Bytes {
 public:
  /// Throws kBadData if the file is shorter or longer than it was written.
  SealedBytes(std::unique_ptr<Bytes> file, const SealClaim& claim, std::span<const char> header);

  [[nodiscard]] const std::string& name() const override { return file_->name(); }
  [[nodiscard]] std::uint64_t size() const override { return layout_.content_end; }
  /// Throws Damage, and what the file throws.
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> out) const override;

  void check_unchanged() const override { file_->check_unchanged(); }

  [[nodiscard]] const SealLayout& layout() const { return layout_; }
  /// Compares a block with its checksum. Throws as read_at().
  void verify(std::uint64_t block) const;

 private:
  /// A block that was read in part, whose rest is likely to be read next.
  struct Kept {
    std::uint64_t block = 0;
    std::uint64_t used = 0;  ///< when, in calls; 0: read to its end
  };

  /// Copies the bytes of a block from `within` on.
  void copy_part(std::uint64_t block, std::uint64_t within, std::span<char> out) const;
  /// The place of a block among those that are kept, into which it is read if it is not there.
  [[nodiscard]] std::size_t place_of(std::uint64_t block) const;
  void compare(std::uint64_t block, std::span<const char> bytes) const;
  [[nodiscard]] std::uint32_t sum_of(std::uint64_t block) const;

  std::unique_ptr<Bytes> file_;
  SealLayout layout_;
  std::vector<char> header_;
  std::vector<std::uint32_t> pages_;                                  // checksums of the pages
  mutable std::map<std::uint64_t, std::vector<std::uint32_t>> sums_;  // pages that were needed
  mutable std::vector<Kept> kept_;
  mutable std::unique_ptr<char[]> kept_bytes_;  // of kept_, a block each
  mutable std::uint64_t calls_ = 0;
};

/// A file as it is, or by its checksums where it has some. Throws as SealedBytes does.
[[nodiscard]] std::unique_ptr<Bytes> checked(InputFile file);

}  // namespace tessera::io
