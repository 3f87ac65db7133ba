#include "io/h5_text.hpp"

#include <cstring>

namespace tessera::io {

std::string_view unpadded(const char* at, std::size_t width, H5T_str_t padding) {
  if (padding == H5T_STR_NULLTERM) {
    return {at, strnlen(at, width)};
  }
  const char filler = padding == H5T_STR_SPACEPAD ? ' ' : '\0';
  while (width > 0 && at[width - 1] == filler) {
    --width;
  }
  return {at, width};
}

}  // namespace tessera::io
