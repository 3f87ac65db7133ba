/// \file
/// Ownership of HDF5's identifiers, and its errors in words. Private to src/io/h5_*.cpp.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "tessera/io/h5.hpp"

namespace tessera::io {

/// An HDF5 identifier that closes itself with the function of its kind.
class H5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  H5Handle() = default;
  H5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  H5Handle(H5Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  H5Handle& operator=(H5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  H5Handle(const H5Handle&) = delete;
  H5Handle& operator=(const H5Handle&) = delete;
  ~H5Handle() { reset(); }

  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] explicit operator bool() const { return id_ >= 0; }

  /// Closes now; false if that failed.
  bool reset() {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id < 0 || close_(id) >= 0;
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// Held by whoever calls HDF5, which may not be called by two threads at once (ranks may be
/// threads, see comm::run_on_threads). A thread may take it again.
class H5Lock {
 public:
  H5Lock();

 private:
  std::unique_lock<std::recursive_mutex> lock_;
};

/// To be called before anything else of HDF5. Stops it from printing its error stack (errors are
/// taken from h5_reason() instead) and from cleaning up when the process exits.
void h5_start();

/// The innermost cause on HDF5's error stack, such as "truncated file: eof = 96, ...".
[[nodiscard]] std::string h5_reason();

/// Which object it is, by whatever path and link it was reached.
struct H5Identity {
  std::uint64_t file = 0;
  std::uint64_t address = 0;
};
/// Of an open object. Nothing if HDF5 cannot tell.
[[nodiscard]] std::optional<H5Identity> h5_identity(hid_t object);

/// How Tessera opens and creates files: without locks. Files appear whole, by renaming, so there is
/// nothing to guard, and many network and read-only file systems have no locks.
[[nodiscard]] H5Handle h5_access();

/// Type in memory of the elements that are exchanged with HDF5.
template <typename T>
[[nodiscard]] hid_t h5_native_type();

/// Fixed-length, zero-padded UTF-8.
[[nodiscard]] H5Handle h5_text_type(std::size_t width);

/// Type in the file.
[[nodiscard]] H5Handle h5_file_type(H5Type type, std::size_t text_width);

}  // namespace tessera::io
