// Streams of packed bytes, read whole.
#pragma once

#include <string>
#include <string_view>

#include "tessera/io/bytes.hpp"

namespace tessera::io {

inline std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

/// All that a stream of these bytes gives, `at_once` at a time.
inline std::string read_whole(std::string_view bytes, std::size_t at_once = 7) {
  const MemoryBytes packed("packed", bytes);
  const auto stream = open_stream(packed);
  std::string all;
  std::string piece(at_once, '\0');
  for (std::size_t got = at_once; got == at_once;) {
    got = stream->read(piece);
    all += piece.substr(0, got);
  }
  return all;
}

}  // namespace tessera::io
