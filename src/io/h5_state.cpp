#include "io/h5_state.hpp"

namespace tessera::io {

void fail_to_read(const std::string& path, const std::string& name) {
  const std::string reason = h5_reason();
  // HDF5 tells a failed system call from a damaged file only by the errno in its message.
  const ExitCode code =
      reason.find("errno = ") != std::string::npos ? ExitCode::kIo : ExitCode::kBadData;
  fail(code, "cannot read {} in {}: the file is damaged or cannot be read ({})", name, path,
       reason);
}

H5Kind h5_kind_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_ENUM:
      return H5Kind::kInteger;
    case H5T_FLOAT:
      return H5Kind::kReal;
    case H5T_STRING:
      return H5Kind::kText;
    default:
      return H5Kind::kOther;
  }
}

}  // namespace tessera::io
