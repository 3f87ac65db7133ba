#include "tessera/base/pseudonyms.hpp"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>

#include "tessera/base/error.hpp"

namespace tessera {

struct Pseudonyms::State {
  EVP_MAC* kind = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* context = kind == nullptr ? nullptr : EVP_MAC_CTX_new(kind);

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(kind);
  }
};

Pseudonyms::Pseudonyms(std::string_view key) : state_(std::make_unique<State>()) {
  std::string digest = "SHA256";
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  if (state_->context == nullptr ||
      EVP_MAC_init(state_->context, reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                   parameters.data()) != 1) {
    fail(ExitCode::kUnfit, "the cryptographic library offers no HMAC with SHA-256");
  }
}

Pseudonyms::Pseudonyms(Pseudonyms&&) noexcept = default;
Pseudonyms& Pseudonyms::operator=(Pseudonyms&&) noexcept = default;
Pseudonyms::~Pseudonyms() = default;

std::string Pseudonyms::of(std::string_view id) const {
  std::array<unsigned char, 32> bytes{};
  std::size_t size = 0;
  // without a key, init begins anew with the one there is
  if (EVP_MAC_init(state_->context, nullptr, 0, nullptr) != 1 ||
      EVP_MAC_update(state_->context, reinterpret_cast<const unsigned char*>(id.data()),
                     id.size()) != 1 ||
      EVP_MAC_final(state_->context, bytes.data(), &size, bytes.size()) != 1) {
    fail(ExitCode::kInternal, "the cryptographic library refused to compute an HMAC");
  }
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string text(kDigits, '0');
  for (std::size_t i = 0; i < kDigits; ++i) {
    text[i] = kHexDigits[i % 2 == 0 ? bytes.at(i / 2) >> 4U : bytes.at(i / 2) & 0xFU];
  }
  return text;
}

}  // namespace tessera
