#include "tessera/base/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <bit>

#include "tessera/base/error.hpp"

namespace tessera::io {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  void update(const void* bytes, std::size_t count) const {
    if (EVP_DigestUpdate(context, bytes, count) != 1) {
      fail(ExitCode::kInternal, "the cryptographic library refused to compute a SHA-256");
    }
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    EVP_MD_CTX_free(state_->context);
    fail(ExitCode::kUnfit, "the cryptographic library offers no SHA-256");
  }
}

Sha256::~Sha256() { EVP_MD_CTX_free(state_->context); }

void Sha256::add(std::string_view text) {
  add(std::uint64_t{text.size()});
  state_->update(text.data(), text.size());
}

void Sha256::add(std::uint64_t value) {
  std::array<unsigned char, sizeof value> bytes{};
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(value & 0xFFU);
    value >>= 8U;
  }
  state_->update(bytes.data(), bytes.size());
}

void Sha256::add(double value) { add(std::bit_cast<std::uint64_t>(value + 0.0)); }

void Sha256::add(std::span<const float> values) {
  for (const float value : values) {
    add(double{value});
  }
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, bytes.data(), &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

}  // namespace tessera::io
