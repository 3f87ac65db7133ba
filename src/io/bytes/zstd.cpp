// Zstandard (RFC 8878): any number of frames one after the other; libzstd checks their sums.
#include <zstd.h>

#include <utility>
#include <vector>

#include "io/bytes/packings.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

class ZstdStream final : public Stream {
 public:
  explicit ZstdStream(std::unique_ptr<Stream> packed)
      : packed_(std::move(packed)), state_(ZSTD_createDStream()), input_(ZSTD_DStreamInSize()) {
    if (state_ == nullptr) {
      fail(ExitCode::kInternal, "libzstd cannot be used");
    }
  }
  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;
  ~ZstdStream() override { ZSTD_freeDStream(state_); }

  [[nodiscard]] const std::string& name() const override { return packed_->name(); }

  std::size_t read(std::span<char> out) override {
    ZSTD_outBuffer unpacked{out.data(), out.size(), 0};
    while (unpacked.pos < unpacked.size) {
      if (in_.pos == in_.size && !ended_) {
        in_ = {input_.data(), packed_->read(input_), 0};
        ended_ = in_.size == 0;
      }
      if (ended_ && !in_frame_) {
        break;
      }
      const std::size_t before = unpacked.pos;
      const std::size_t result = ZSTD_decompressStream(state_, &unpacked, &in_);
      if (ZSTD_isError(result) != 0) {
        fail(ExitCode::kBadData, "{} is damaged: its zstd data are wrong ({}); copy it again",
             name(), ZSTD_getErrorName(result));
      }
      in_frame_ = result != 0;
      if (ended_ && in_frame_ && unpacked.pos == before) {
        fail(ExitCode::kBadData, "{} is cut off: the zstd data end in the middle; copy it again",
             name());
      }
    }
    return unpacked.pos;
  }

 private:
  std::unique_ptr<Stream> packed_;
  ZSTD_DStream* state_;
  std::vector<char> input_;
  ZSTD_inBuffer in_{};
  bool ended_ = false;     // nothing follows what is in in_
  bool in_frame_ = false;  // and more is to come of the last frame
};

}  // namespace

std::unique_ptr<Stream> unpack_zstd(std::unique_ptr<Stream> packed) {
  return std::make_unique<ZstdStream>(std::move(packed));
}

}  // namespace tessera::io
