/// \file
/// 128-bit integers, which ISO C++ does not name.
#pragma once

namespace tessera::numeric {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

}  // namespace tessera::numeric
