#include "io/h5_stored.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "io/h5_handle.hpp"

namespace tessera::io {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{128} << 10;  // stays in a core's cache

/// True where static_cast gives what HDF5 gives; HDF5 clamps what does not fit.
template <typename From, typename To>
constexpr bool kSameAsCast = std::is_same_v<From, To> || std::is_same_v<To, double> ||
                             (std::signed_integral<To> && std::integral<From> &&
                              std::numeric_limits<From>::digits <= std::numeric_limits<To>::digits);

/// Calls action(From{}) with the type that `type` stands for.
template <typename Action>
bool with_type(H5Stored type, const Action& action) {
  switch (type) {
    case H5Stored::kInt8:
      return action(std::int8_t{});
    case H5Stored::kInt16:
      return action(std::int16_t{});
    case H5Stored::kInt32:
      return action(std::int32_t{});
    case H5Stored::kInt64:
      return action(std::int64_t{});
    case H5Stored::kUint8:
      return action(std::uint8_t{});
    case H5Stored::kUint16:
      return action(std::uint16_t{});
    case H5Stored::kUint32:
      return action(std::uint32_t{});
    case H5Stored::kUint64:
      return action(std::uint64_t{});
    case H5Stored::kFloat32:
      return action(float{});
    case H5Stored::kFloat64:
      return action(double{});
  }
  return false;
}

template <typename From>
From load(const char* at) {
  From value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

std::optional<H5Stored> h5_stored(hid_t type) {
  static_assert(std::endian::native == std::endian::little, "files are read as they are stored");
  const std::array<std::pair<hid_t, H5Stored>, 10> known = {{
      {H5T_STD_I8LE, H5Stored::kInt8},
      {H5T_STD_I16LE, H5Stored::kInt16},
      {H5T_STD_I32LE, H5Stored::kInt32},
      {H5T_STD_I64LE, H5Stored::kInt64},
      {H5T_STD_U8LE, H5Stored::kUint8},
      {H5T_STD_U16LE, H5Stored::kUint16},
      {H5T_STD_U32LE, H5Stored::kUint32},
      {H5T_STD_U64LE, H5Stored::kUint64},
      {H5T_IEEE_F32LE, H5Stored::kFloat32},
      {H5T_IEEE_F64LE, H5Stored::kFloat64},
  }};
  for (const auto& [id, stored] : known) {
    if (H5Tequal(type, id) > 0) {
      return stored;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> h5_contiguous_offset(hid_t dataset) {
  const H5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(properties.get()) != H5D_CONTIGUOUS ||
      H5Pget_external_count(properties.get()) != 0) {
    return std::nullopt;
  }
  const haddr_t offset = H5Dget_offset(dataset);
  return offset == HADDR_UNDEF ? std::nullopt : std::optional<std::uint64_t>(offset);
}

template <typename T>
bool read_stored(const Bytes& file, std::uint64_t offset, H5Stored type, std::span<T> out) {
  return with_type(type, [&]<typename From>(From) {
    if constexpr (std::is_same_v<From, T>) {
      const std::span<char> bytes(reinterpret_cast<char*>(out.data()), out.size_bytes());
      return file.read_at(offset, bytes) == bytes.size();
    } else if constexpr (kSameAsCast<From, T>) {
      const std::size_t in_piece = std::min(kPieceBytes / sizeof(From), out.size());
      const auto piece = std::make_unique_for_overwrite<char[]>(in_piece * sizeof(From));
      for (std::size_t done = 0; done < out.size();) {
        const std::size_t count = std::min(in_piece, out.size() - done);
        const std::span<char> bytes(piece.get(), count * sizeof(From));
        if (file.read_at(offset + done * sizeof(From), bytes) != bytes.size()) {
          return false;
        }
        T* const to = out.data() + done;
        for (std::size_t i = 0; i < count; ++i) {
          to[i] = static_cast<T>(load<From>(piece.get() + i * sizeof(From)));
        }
        done += count;
      }
      return true;
    } else {
      return false;
    }
  });
}

bool read_stored_columns(const Bytes& file, std::uint64_t offset, H5Stored type, std::size_t width,
                         std::span<const std::size_t> columns,
                         std::span<const std::span<double>> out) {
  const std::size_t rows = out.empty() ? 0 : out[0].size();
  return with_type(type, [&]<typename From>(From) {
    const std::size_t row_bytes = width * sizeof(From);
    const std::size_t rows_per_piece = std::max<std::size_t>(1, kPieceBytes / row_bytes);
    const auto piece =
        std::make_unique_for_overwrite<char[]>(std::min(rows_per_piece, rows) * row_bytes);
    for (std::size_t done = 0; done < rows;) {
      const std::size_t count = std::min(rows_per_piece, rows - done);
      const std::span<char> bytes(piece.get(), count * row_bytes);
      if (file.read_at(offset + done * row_bytes, bytes) != bytes.size()) {
        return false;
      }
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const char* const from = piece.get() + columns[c] * sizeof(From);
        double* const to = out[c].data() + done;
        for (std::size_t i = 0; i < count; ++i) {
          to[i] = static_cast<double>(load<From>(from + i * row_bytes));
        }
      }
      done += count;
    }
    return true;
  });
}

template bool read_stored(const Bytes&, std::uint64_t, H5Stored, std::span<double>);
template bool read_stored(const Bytes&, std::uint64_t, H5Stored, std::span<float>);
template bool read_stored(const Bytes&, std::uint64_t, H5Stored, std::span<std::int64_t>);
template bool read_stored(const Bytes&, std::uint64_t, H5Stored, std::span<std::int32_t>);
template bool read_stored(const Bytes&, std::uint64_t, H5Stored, std::span<std::uint16_t>);
template bool read_stored(const Bytes&, std::uint64_t, H5Stored, std::span<std::uint8_t>);

}  // namespace tessera::io
