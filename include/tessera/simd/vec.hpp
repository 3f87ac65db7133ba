/// \file
/// Vectors of single-precision lanes, one type per instruction set, all with the same operations
/// and the same bits: an operation on a lane is the IEEE 754 operation, and multiply-adds are fused
/// everywhere (emulated exactly where the processor has none). Intrinsics stand in the vec_ files,
/// in ints.hpp and in byte_scan.hpp alone.
///
/// A translation unit that includes this file is compiled for one instruction set; the types it
/// cannot offer are left out. Everything is internal to the unit, so that no code compiled for a
/// better processor is ever shared with one for a lesser.
#pragma once

#include "tessera/simd/vec_avx2.hpp"
#include "tessera/simd/vec_avx512.hpp"
#include "tessera/simd/vec_portable.hpp"
