/// \file
/// The list of packings. Private to src/io. A new one is a file beside this one and a line in
/// packings.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tessera/io/bytes.hpp"

namespace tessera::io {

struct Packing {
  std::string_view ending;     ///< of file names
  std::string_view signature;  ///< the first bytes
  std::unique_ptr<Stream> (*unpack)(std::unique_ptr<Stream> packed);
};

[[nodiscard]] std::span<const Packing> packings();

// what unpacks each
[[nodiscard]] std::unique_ptr<Stream> unpack_gzip(std::unique_ptr<Stream> packed);
[[nodiscard]] std::unique_ptr<Stream> unpack_zstd(std::unique_ptr<Stream> packed);

/// Bytes that are enough to know a packing by.
inline constexpr std::size_t kSignatureBytes = 8;

/// The packing that begins so; null if none does.
[[nodiscard]] const Packing* packing_of(std::string_view first_bytes);

}  // namespace tessera::io
