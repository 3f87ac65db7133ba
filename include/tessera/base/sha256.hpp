/// \file
/// SHA-256 of a sequence of values, written down the same way on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tessera::io {

/// Takes in values one after the other; numbers as little-endian bytes, texts with their length in
/// front, so that no two sequences of values look alike.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void add(std::string_view text);
  void add(std::uint64_t value);
  void add(double value);  ///< -0 as 0
  void add(std::span<const float> values);

  /// 64 hexadecimal digits. Ends the sequence.
  [[nodiscard]] std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tessera::io
