/// \file
/// Tables that vectors look up without going to memory.
#pragma once

#include <cstddef>

namespace tessera::simd {

/// Entries of a table that stays in a vector register, see Vec::lookup in vec.hpp; lookup_two takes
/// twice as many.
inline constexpr std::size_t kLookupEntries = 16;

}  // namespace tessera::simd
