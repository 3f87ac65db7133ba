/// \file
/// Pseudonyms of identifiers: who has not the key can neither undo them nor make them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tessera {

/// The same key gives the same pseudonyms, on any machine, tomorrow as today.
class Pseudonyms {
 public:
  static constexpr std::size_t kLeastKeyBytes = 16;
  static constexpr std::size_t kDigits = 32;

  /// Throws kUnfit if the cryptographic library offers no HMAC.
  explicit Pseudonyms(std::string_view key);
  Pseudonyms(Pseudonyms&&) noexcept;
  Pseudonyms& operator=(Pseudonyms&&) noexcept;
  ~Pseudonyms();

  /// The first 128 bits of the HMAC-SHA-256 (RFC 2104) of the identifier's bytes, as kDigits
  /// hexadecimal digits.
  [[nodiscard]] std::string of(std::string_view id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tessera
