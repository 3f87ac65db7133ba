/// \file
/// A stream of which the first bytes were read to look at them. Private to src/io.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tessera/io/bytes.hpp"

namespace tessera::io {

/// Bytes that were read to look at them, and then the others.
class ReplayedStream final : public Stream {
 public:
  ReplayedStream(std::string first, std::unique_ptr<Stream> others)
      : first_(std::move(first)), others_(std::move(others)) {}

  [[nodiscard]] const std::string& name() const override { return others_->name(); }
  std::size_t read(std::span<char> out) override {
    const std::size_t got = std::string_view(first_).substr(at_).copy(out.data(), out.size());
    at_ += got;
    return got + (got < out.size() ? others_->read(out.subspan(got)) : 0);
  }

 private:
  std::string first_;
  std::size_t at_ = 0;
  std::unique_ptr<Stream> others_;
};

}  // namespace tessera::io
