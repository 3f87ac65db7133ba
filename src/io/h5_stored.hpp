/// \file
/// Elements of a contiguous dataset, read with pread rather than through HDF5's conversions, which
/// cost several times as much as the reading. Private to src/io/h5_*.cpp.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <span>

#include "tessera/io/bytes.hpp"

namespace tessera::io {

/// Element types that a processor reads as they are stored.
enum class H5Stored {
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat32,
  kFloat64,
};

/// Nothing for any other type (big-endian, enumerations, half precision, ...).
[[nodiscard]] std::optional<H5Stored> h5_stored(hid_t type);

/// Offset in the file of a dataset's first byte, if its bytes are there in one piece: contiguous,
/// allocated, and in this file.
[[nodiscard]] std::optional<std::uint64_t> h5_contiguous_offset(hid_t dataset);

/// Elements from byte `offset` on, with the values that HDF5's conversion to T gives. False if that
/// conversion is not offered here or the file ends too soon: HDF5 then has to do it, or to say what
/// is wrong. Throws kIo. T: double, float, std::int64_t, std::int32_t, std::uint16_t,
/// std::uint8_t.
template <typename T>
[[nodiscard]] bool read_stored(const Bytes& file, std::uint64_t offset, H5Stored type,
                               std::span<T> out);

/// The same of some columns of a row-major matrix of `width` columns: out[i] receives
/// `columns[i]`, from the row at byte `offset` on. The rows are read once.
[[nodiscard]] bool read_stored_columns(const Bytes& file, std::uint64_t offset, H5Stored type,
                                       std::size_t width, std::span<const std::size_t> columns,
                                       std::span<const std::span<double>> out);

}  // namespace tessera::io
