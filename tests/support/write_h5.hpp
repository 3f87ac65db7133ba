// HDF5 files without checksums, such as others have, and Tessera's first versions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tessera/io/h5.hpp"

namespace tessera::test {

/// Not collective.
inline void write_h5(const std::string& path, const std::function<void(io::H5Creator&)>& lay_out) {
  io::H5Creator creator(path);
  lay_out(creator);
  std::vector<char> file;
  const std::uint64_t size =
      creator.close([&](std::uint64_t offset, std::span<const std::byte> bytes) {
        file.resize(offset + bytes.size());
        std::ranges::transform(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset),
                               [](std::byte b) { return static_cast<char>(b); });
      });
  file.resize(size);
  std::ofstream(path, std::ios::binary).write(file.data(), static_cast<std::streamsize>(size));
}

}  // namespace tessera::test
