#include "io/h5_handle.hpp"

#include <cstdlib>

namespace tessera::io {

H5Lock::H5Lock() {
  static std::recursive_mutex mutex;
  lock_ = std::unique_lock(mutex);
}

void h5_start() {
  // After a full disk HDF5 would try at exit to close the file once more, and crash.
  static const bool kOnce = H5dont_atexit() >= 0;
  static_cast<void>(kOnce);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string h5_reason() {
  std::string reason;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned depth, const H5E_error2_t* error, void* text) -> herr_t {
        if (depth == 0 && error->desc != nullptr) {
          *static_cast<std::string*>(text) = error->desc;
        }
        return 0;
      },
      &reason);
  return reason.empty() ? "unknown reason" : reason;
}

std::optional<H5Identity> h5_identity(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info2_t info{};
  haddr_t address = 0;
  if (H5Oget_info3(object, &info, H5O_INFO_BASIC) < 0 ||
      H5VLnative_token_to_addr(object, info.token, &address) < 0) {
    return std::nullopt;
  }
  return H5Identity{info.fileno, address};
#else
  H5O_info_t info{};
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) {
    return std::nullopt;
  }
  return H5Identity{info.fileno, info.addr};
#endif
}

H5Handle h5_access() {
  H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERSION_GE(1, 12, 0) && !H5_VERSION_GE(1, 12, 1))
  H5Pset_file_locking(access.get(), false, true);
#else
  setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
#endif
  // Compact, checksummed metadata that every HDF5 since 2008 reads.
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_LATEST);
  return access;
}

template <>
hid_t h5_native_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
hid_t h5_native_type<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
hid_t h5_native_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
hid_t h5_native_type<std::int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
hid_t h5_native_type<std::uint16_t>() {
  return H5T_NATIVE_UINT16;
}

template <>
hid_t h5_native_type<std::uint8_t>() {
  return H5T_NATIVE_UINT8;
}

H5Handle h5_text_type(std::size_t width) {
  H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), width);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

H5Handle h5_file_type(H5Type type, std::size_t text_width) {
  const auto copy = [](hid_t id) { return H5Handle(H5Tcopy(id), H5Tclose); };
  switch (type) {
    case H5Type::kInt8:
      return copy(H5T_STD_I8LE);
    case H5Type::kInt16:
      return copy(H5T_STD_I16LE);
    case H5Type::kInt32:
      return copy(H5T_STD_I32LE);
    case H5Type::kInt64:
      return copy(H5T_STD_I64LE);
    case H5Type::kUint8:
      return copy(H5T_STD_U8LE);
    case H5Type::kFloat32:
      return copy(H5T_IEEE_F32LE);
    case H5Type::kFloat64:
      return copy(H5T_IEEE_F64LE);
    case H5Type::kText:
      return h5_text_type(text_width);
  }
  return {};
}

std::size_t size_of(H5Type type, std::size_t text_width) {
  switch (type) {
    case H5Type::kInt8:
    case H5Type::kUint8:
      return 1;
    case H5Type::kInt16:
      return 2;
    case H5Type::kInt32:
    case H5Type::kFloat32:
      return 4;
    case H5Type::kInt64:
    case H5Type::kFloat64:
      return 8;
    case H5Type::kText:
      return text_width;
  }
  return 0;
}

std::string h5_library_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  const H5Lock lock;
  h5_start();
  H5get_libversion(&major, &minor, &release);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

}  // namespace tessera::io
