/// \file
/// What calls for attention in delimited text: separators, as far as there are no quotes; and how
/// many newlines there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tessera/simd/level.hpp"

namespace tessera::simd {

/// What scan_separators() is to do, and how far it is.
struct SeparatorScan {
  /// Set in a position that is that of a newline; texts are shorter.
  static constexpr std::uint32_t kNewline = std::uint32_t{1} << 30U;
  /// Words behind `enough` that must be writable.
  static constexpr std::size_t kSlack = 80;

  const char* text = nullptr;
  std::size_t end = 0;  ///< of the text
  std::size_t at = 0;   ///< of the next block
  char delimiter = ',';
  std::uint32_t* out = nullptr;  ///< where the next position goes
  const std::uint32_t* enough = nullptr;
  /// The last byte before `at` is a separator; or it is a blank, or none of ASCII's.
  bool after_separator = true;
  bool after_blank = false;
  /// Behind the last block in which a blank, or a byte that is none of ASCII's, stands directly
  /// behind a separator or before a delimiter: only cells up to here may have to be trimmed, but
  /// for the last ones in their lines.
  std::size_t trimmed_from = 0;
};

/// Writes the positions of delimiters and newlines, in whole blocks of kScanBytes, until a block
/// has a quote, the text ends, or `enough` is reached.
void scan_separators(SeparatorScan& scan);

struct TextCensus {
  std::uint64_t newlines = 0;
  bool any_quote = false;
  bool any_zero = false;
};
[[nodiscard]] TextCensus take_census(std::string_view text);

/// The above with one instruction set; they themselves use the one that simd_level() says.
struct TextKernels {
  void (*scan_separators)(SeparatorScan& scan);
  TextCensus (*take_census)(std::string_view text);
};
[[nodiscard]] const TextKernels& text_kernels(SimdLevel level);

}  // namespace tessera::simd
