/// \file
/// Strings of fixed length as HDF5 hands them over. Private to src/io/h5_*.cpp.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string_view>

namespace tessera::io {

/// A string of fixed length without its padding.
[[nodiscard]] std::string_view unpadded(const char* at, std::size_t width, H5T_str_t padding);

}  // namespace tessera::io
