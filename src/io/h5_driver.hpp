/// \file
/// HDF5's own reads and writes through Tessera's: a driver of HDF5's virtual file layer. Private to
/// src/io.
///
/// What HDF5 reads is thereby checked (io/sealed), fails as all reads do, and comes from no file
/// but the one that was named, unless the input is trusted.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/h5_handle.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::io {

/// What HDF5 takes for a file.
class H5Medium {
 public:
  H5Medium(std::string name, bool trusted) : name_(std::move(name)), trusted_(trusted) {}
  H5Medium(const H5Medium&) = delete;
  H5Medium& operator=(const H5Medium&) = delete;
  virtual ~H5Medium() = default;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Whether links into other files may be followed.
  [[nodiscard]] bool trusted() const { return trusted_; }

  // They may throw; HDF5 is then told of a failure, and rethrow() tells which.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  virtual void read(std::uint64_t offset, std::span<char> out) = 0;
  virtual void write(std::uint64_t offset, std::span<const char> bytes) = 0;
  virtual void end_at(std::uint64_t size) = 0;

  /// Keeps the first that went wrong.
  void keep(std::exception_ptr failure) {
    if (!failure_) {
      failure_ = std::move(failure);
    }
  }
  /// Throws what went wrong since it was last asked for, if anything did.
  void rethrow() {
    if (failure_) {
      std::rethrow_exception(std::exchange(failure_, nullptr));
    }
  }

 private:
  std::string name_;
  bool trusted_;
  std::exception_ptr failure_;
};

/// Bytes for reading, which the caller keeps.
class H5ReadMedium final : public H5Medium {
 public:
  H5ReadMedium(const Bytes& bytes, bool trusted) : H5Medium(bytes.name(), trusted), bytes_(bytes) {}

  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  void read(std::uint64_t offset, std::span<char> out) override;
  void write(std::uint64_t offset, std::span<const char> bytes) override;
  void end_at(std::uint64_t) override {}

 private:
  const Bytes& bytes_;
};

/// What HDF5 writes while a file is laid out: descriptions and small datasets, in memory.
class H5ImageMedium final : public H5Medium {
 public:
  explicit H5ImageMedium(std::string name) : H5Medium(std::move(name), false) {}

  [[nodiscard]] std::uint64_t size() const override { return end_; }
  void read(std::uint64_t offset, std::span<char> out) override;
  void write(std::uint64_t offset, std::span<const char> bytes) override;
  void end_at(std::uint64_t size) override { end_ = size; }

  /// The pages that were written to, in order; between them are zeros.
  [[nodiscard]] const std::map<std::uint64_t, std::vector<char>>& pages() const { return pages_; }
  static constexpr std::uint64_t kPageBytes = 4096;

 private:
  std::map<std::uint64_t, std::vector<char>> pages_;  // by their number
  std::uint64_t end_ = 0;
};

/// As h5_access(), on a medium, which outlives the file.
[[nodiscard]] H5Handle h5_access(H5Medium& medium);

}  // namespace tessera::io
