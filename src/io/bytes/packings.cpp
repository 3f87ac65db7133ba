#include "io/bytes/packings.hpp"

#include <algorithm>
#include <array>

namespace tessera::io {
namespace {

constexpr std::array kPackings = {
    Packing{".gz", "\x1F\x8B", unpack_gzip},
    Packing{".zst", "\x28\xB5\x2F\xFD", unpack_zstd},
};

}  // namespace

std::span<const Packing> packings() { return kPackings; }

const Packing* packing_of(std::string_view first_bytes) {
  const auto all = packings();
  const auto found = std::ranges::find_if(
      all, [&](const Packing& packing) { return first_bytes.starts_with(packing.signature); });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace tessera::io
