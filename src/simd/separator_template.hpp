// The functions of separators.hpp, compiled once for each instruction set.
#pragma once

#include <bit>

#include "tessera/simd/byte_scan.hpp"
#include "tessera/simd/separators.hpp"

namespace tessera::simd {
namespace {  // NOLINT(google-build-namespaces): see byte_scan.hpp

void scan_blocks(SeparatorScan& scan) {
  static_assert(SeparatorScan::kSlack >= kPositionsAtOnce);
  std::uint32_t* out = scan.out;
  std::size_t at = scan.at;
  ByteMask separator_before = scan.after_separator ? 1 : 0;
  ByteMask blank_before = scan.after_blank ? 1 : 0;
  for (; at + kScanBytes <= scan.end && out < scan.enough; at += kScanBytes) {
    const ByteBlock block(scan.text + at);
    if (block.equal('"') != 0) {
      break;
    }
    const ByteMask newlines = block.equal('\n');
    const ByteMask delimiters = block.equal(scan.delimiter);
    const ByteMask separators = newlines | delimiters;
    const ByteMask blanks = block.at_most(' ') & ~separators;
    if ((blanks & (separators << 1U | separator_before)) != 0 ||
        (delimiters & (blanks << 1U | blank_before)) != 0) {
      scan.trimmed_from = at + kScanBytes;
    }
    separator_before = separators >> (kScanBytes - 1);
    blank_before = blanks >> (kScanBytes - 1);
    out = append_positions(separators, newlines, static_cast<std::uint32_t>(at),
                           SeparatorScan::kNewline, out);
  }
  scan.out = out;
  scan.at = at;
  scan.after_separator = separator_before != 0;
  scan.after_blank = blank_before != 0;
}

TextCensus count_in_blocks(std::string_view text) {
  TextCensus census;
  ByteMask quotes = 0;
  ByteMask zeros = 0;
  while (text.size() >= kScanBytes) {
    const ByteBlock block(text.data());
    census.newlines += static_cast<std::uint64_t>(std::popcount(block.equal('\n')));
    quotes |= block.equal('"');
    zeros |= block.equal('\0');
    text.remove_prefix(kScanBytes);
  }
  for (const char c : text) {
    census.newlines += c == '\n' ? 1U : 0U;
    quotes |= c == '"' ? 1U : 0U;
    zeros |= c == '\0' ? 1U : 0U;
  }
  census.any_quote = quotes != 0;
  census.any_zero = zeros != 0;
  return census;
}

constexpr TextKernels kKernels = {scan_blocks, count_in_blocks};

}  // namespace
}  // namespace tessera::simd
