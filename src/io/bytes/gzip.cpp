// gzip (RFC 1952): any number of members one after the other; zlib checks their sums and lengths.
#include <zlib.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "io/bytes/packings.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr std::size_t kPackedBytes = std::size_t{256} << 10;

class GzipStream final : public Stream {
 public:
  explicit GzipStream(std::unique_ptr<Stream> packed)
      : packed_(std::move(packed)), input_(kPackedBytes) {
    constexpr int kLargestWindow = 15;
    constexpr int kGzip = 16;  // the header of gzip, and no other
    if (inflateInit2(&state_, kLargestWindow + kGzip) != Z_OK) {
      fail(ExitCode::kInternal, "zlib cannot be used");
    }
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() override { inflateEnd(&state_); }

  [[nodiscard]] const std::string& name() const override { return packed_->name(); }

  std::size_t read(std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size() && (in_member_ || begin_member())) {
      constexpr std::size_t kAtOnce = std::size_t{1} << 30;  // zlib counts in 32 bits
      const std::size_t room = std::min(out.size() - done, kAtOnce);
      state_.next_out = reinterpret_cast<Bytef*>(out.data() + done);
      state_.avail_out = static_cast<uInt>(room);
      const bool more = state_.avail_in > 0 || refill();
      const int result = inflate(&state_, Z_NO_FLUSH);
      done += room - state_.avail_out;
      if (result == Z_STREAM_END) {
        in_member_ = false;
      } else if (result == Z_BUF_ERROR && !more) {
        fail(ExitCode::kBadData, "{} is cut off: the gzip data end in the middle; copy it again",
             name());
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        fail(ExitCode::kBadData, "{} is damaged: its gzip data are wrong ({}); copy it again",
             name(), state_.msg == nullptr ? "a check failed" : state_.msg);
      }
    }
    return done;
  }

 private:
  bool refill() {
    const std::size_t got = packed_->read(input_);
    state_.next_in = reinterpret_cast<Bytef*>(input_.data());
    state_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  // False at the end, which zeros may fill up, as tapes do.
  bool begin_member() {
    while (members_ > 0 && (state_.avail_in > 0 || refill()) && *state_.next_in == 0) {
      ++state_.next_in;
      --state_.avail_in;
    }
    if (state_.avail_in == 0 && !refill()) {
      return false;
    }
    constexpr Bytef kFirstByte = 0x1F;
    if (*state_.next_in != kFirstByte) {
      fail(ExitCode::kBadData, "{}: behind its gzip data stands something else", name());
    }
    inflateReset(&state_);
    ++members_;
    in_member_ = true;
    return true;
  }

  std::unique_ptr<Stream> packed_;
  std::vector<char> input_;
  z_stream state_{};
  bool in_member_ = false;
  std::uint64_t members_ = 0;
};

}  // namespace

std::unique_ptr<Stream> unpack_gzip(std::unique_ptr<Stream> packed) {
  return std::make_unique<GzipStream>(std::move(packed));
}

}  // namespace tessera::io
