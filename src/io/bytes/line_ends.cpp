// Text that ends its lines with CR alone, as old Macintosh programs wrote it.
#include <algorithm>
#include <utility>

#include "tessera/io/bytes.hpp"

namespace tessera::io {
namespace {

void end_lines(std::span<char> text) { std::ranges::replace(text, '\r', '\n'); }

class LineFeedBytes final : public Bytes {
 public:
  explicit LineFeedBytes(std::unique_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] const std::string& name() const override { return bytes_->name(); }
  [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> out) const override {
    const std::size_t got = bytes_->read_at(offset, out);
    end_lines(out.first(got));
    return got;
  }
  void check_unchanged() const override { bytes_->check_unchanged(); }

 private:
  std::unique_ptr<Bytes> bytes_;
};

class LineFeedStream final : public Stream {
 public:
  explicit LineFeedStream(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  [[nodiscard]] const std::string& name() const override { return stream_->name(); }
  std::size_t read(std::span<char> out) override {
    const std::size_t got = stream_->read(out);
    end_lines(out.first(got));
    return got;
  }

 private:
  std::unique_ptr<Stream> stream_;
};

}  // namespace

bool ends_lines_with_cr(std::string_view first_bytes, bool whole) {
  if (!whole && first_bytes.ends_with('\r')) {
    first_bytes.remove_suffix(1);  // a line feed may follow
  }
  return first_bytes.find('\r') != std::string_view::npos &&
         first_bytes.find('\n') == std::string_view::npos;
}

std::unique_ptr<Bytes> with_line_feeds(std::unique_ptr<Bytes> bytes) {
  return std::make_unique<LineFeedBytes>(std::move(bytes));
}

std::unique_ptr<Stream> with_line_feeds(std::unique_ptr<Stream> stream) {
  return std::make_unique<LineFeedStream>(std::move(stream));
}

}  // namespace tessera::io
