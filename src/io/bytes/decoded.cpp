// Text in other encodings than UTF-8, by iconv, which the C library has.
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "io/bytes/replayed.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::io {
namespace {

constexpr std::size_t kAtOnce = std::size_t{64} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A converter from an encoding to UTF-8.
class Converter {
 public:
  explicit Converter(const std::string& encoding) {
    // "" would be that of the locale, and what follows a slash asks for errors to be passed over
    const bool is_name = !encoding.empty() && encoding.find('/') == std::string::npos;
    if (is_name) {
      state_ = iconv_open("UTF-8", encoding.c_str());
    }
    if (!is_name || reinterpret_cast<std::intptr_t>(state_) == -1) {
      fail_about("encoding", ExitCode::kUsage,
                 "encoding {}: iconv, which converts texts, knows none of that name; 'iconv -l' "
                 "lists those that it knows",
                 encoding);
    }
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() { iconv_close(state_); }

  /// As iconv() itself.
  std::size_t operator()(char** in, std::size_t* in_left, char** out, std::size_t* out_left) {
    return iconv(state_, in, in_left, out, out_left);
  }

  static constexpr std::size_t kFailed = static_cast<std::size_t>(-1);

 private:
  iconv_t state_ = nullptr;
};

class DecodedStream final : public Stream {
 public:
  DecodedStream(std::unique_ptr<Stream> encoded, std::string encoding)
      : encoded_(std::move(encoded)),
        encoding_(std::move(encoding)),
        convert_(encoding_),
        input_(kAtOnce),
        output_(4 * kAtOnce) {}

  [[nodiscard]] const std::string& name() const override { return encoded_->name(); }

  std::size_t read(std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size() && (at_ < filled_ || refill())) {
      const std::size_t count = std::min(out.size() - done, filled_ - at_);
      std::copy_n(output_.data() + at_, count, out.data() + done);
      at_ += count;
      done += count;
    }
    return done;
  }

 private:
  // False at the end.
  bool refill() {
    line_ += static_cast<std::uint64_t>(std::count(output_.data(), output_.data() + filled_, '\n'));
    at_ = 0;
    filled_ = 0;
    while (filled_ == 0 && !ended_) {
      const std::span<char> room = std::span(input_).subspan(waiting_);
      const std::size_t got = encoded_->read(room);
      convert(waiting_ + got, got < room.size());
    }
    if (!begun_ && std::string_view(output_.data(), filled_).starts_with(kByteOrderMark)) {
      at_ = kByteOrderMark.size();
    }
    begun_ = begun_ || filled_ > 0;
    return at_ < filled_ || (filled_ > 0 && refill());
  }

  // The first `size` bytes of the input; with `last`, nothing follows them.
  void convert(std::size_t size, bool last) {
    char* in = input_.data();
    std::size_t in_left = size;
    char* out = output_.data();
    std::size_t out_left = output_.size();
    const bool failed = convert_(&in, &in_left, &out, &out_left) == Converter::kFailed;
    const int why = failed ? errno : 0;
    filled_ = output_.size() - out_left;
    if (why == EILSEQ || (why == EINVAL && last)) {
      fail_at(std::string_view(in, in_left), size - in_left, why == EINVAL);
    }
    if (last && in_left == 0) {
      convert_(nullptr, nullptr, &out, &out_left);
      filled_ = output_.size() - out_left;
      ended_ = true;
    }
    offset_ += size - in_left;
    waiting_ = in_left;  // the beginning of a character, or what is too much for the output
    std::copy(in, in + in_left, input_.data());
  }

  [[noreturn]] void fail_at(std::string_view rest, std::size_t before, bool cut_off) {
    constexpr std::size_t kShown = 4;
    std::string bytes;
    for (const char c : rest.substr(0, kShown)) {
      bytes += fmt::format(" {:02X}", static_cast<unsigned char>(c));
    }
    const std::uint64_t line = line_ + static_cast<std::uint64_t>(std::count(
                                           output_.data(), output_.data() + filled_, '\n'));
    fail_about("encoding", ExitCode::kBadData, "{}, line {}, byte {}:{} {} in {}", name(), line,
               grouped(offset_ + before + 1), bytes,
               cut_off ? "at the end is not a whole character" : "is not a character", encoding_);
  }

  std::unique_ptr<Stream> encoded_;
  std::string encoding_;
  Converter convert_;
  std::vector<char> input_;
  std::size_t waiting_ = 0;   // bytes of it that were read and not yet converted
  std::uint64_t offset_ = 0;  // of its first byte
  std::vector<char> output_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t line_ = 1;  // in which the output begins
  bool begun_ = false;
  bool ended_ = false;
};

struct Mark {
  std::string_view bytes;
  const char* encoding;
};
// UTF-32's begins with UTF-16's
constexpr std::array kMarks = {
    Mark{std::string_view("\xFF\xFE\0\0", 4), "UTF-32LE"},
    Mark{std::string_view("\0\0\xFE\xFF", 4), "UTF-32BE"},
    Mark{"\xFF\xFE", "UTF-16LE"},
    Mark{"\xFE\xFF", "UTF-16BE"},
};

// UTF-16 of which a third or more are characters of Latin-1: every other byte of these is zero, and
// no other byte is.
std::string utf16_without_mark(std::string_view first) {
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < first.size(); ++i) {
    zeros[i % 2] += first[i] == '\0' ? 1U : 0U;
  }
  const std::size_t enough = std::max<std::size_t>(2, first.size() / 6);
  if (zeros[0] == 0 && zeros[1] >= enough) {
    return "UTF-16LE";
  }
  return zeros[1] == 0 && zeros[0] >= enough ? "UTF-16BE" : "";
}

}  // namespace

std::string encoding_of(std::string_view first_bytes) {
  for (const Mark& mark : kMarks) {
    if (first_bytes.starts_with(mark.bytes)) {
      return mark.encoding;
    }
  }
  return utf16_without_mark(first_bytes);
}

bool has_byte_order_mark(std::string_view first_bytes) {
  return std::ranges::any_of(kMarks,
                             [&](const Mark& mark) { return first_bytes.starts_with(mark.bytes); });
}

void check_encoding(const std::string& name) {
  if (name != kAnyEncoding) {
    const Converter attempt(name);
  }
}

DecodedText open_decoded(std::unique_ptr<Stream> stream, const std::string& encoding) {
  DecodedText text;
  if (encoding != kAnyEncoding) {
    text.encoding = encoding;
    text.stream = std::make_unique<DecodedStream>(std::move(stream), encoding);
    return text;
  }
  std::string first(kEncodingBytes, '\0');
  first.resize(stream->read(first));
  text.encoding = encoding_of(first);
  text.by_mark = has_byte_order_mark(first);
  text.stream = std::make_unique<ReplayedStream>(std::move(first), std::move(stream));
  if (!text.encoding.empty()) {
    text.stream = std::make_unique<DecodedStream>(std::move(text.stream), text.encoding);
  }
  return text;
}

}  // namespace tessera::io
