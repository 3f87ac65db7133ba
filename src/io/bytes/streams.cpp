#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "io/bytes/packings.hpp"
#include "io/bytes/replayed.hpp"
#include "io/system.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/io/file.hpp"

namespace tessera::io {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

/// A pipe, a device or the standard input, read from where it stands.
class DescriptorStream final : public Stream {
 public:
  explicit DescriptorStream(std::string path) : name_(std::move(path)) {
    if (is_standard_input(name_)) {
      name_ = "standard input";
      find_end();
      return;
    }
    opened_ = Descriptor(sys::open(name_.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened_.get() < 0) {
      fail(ExitCode::kNoInput, "cannot open {}: {}", name_, reason(errno));
    }
    fd_ = opened_.get();
  }

  [[nodiscard]] const std::string& name() const override { return name_; }

  std::size_t read(std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = sys::read(fd_, out.data() + done, out.size() - done);
      if (got < 0) {
        fail(ExitCode::kIo, "cannot read {}: {}", name_, reason(errno));
      }
      if (got == 0) {
        if (at_ < end_) {
          fail(
              ExitCode::kIo,
              "{} became shorter while it was read: it ends at byte {} of {}; run the same command "
              "again when nothing writes to it",
              name_, grouped(at_), grouped(end_));
        }
        break;
      }
      done += static_cast<std::size_t>(got);
      at_ += static_cast<std::uint64_t>(got);
    }
    return done;
  }

 private:
  // Of a file that the standard input was redirected to.
  void find_end() {
    struct stat status {};
    const off_t at = lseek(fd_, 0, SEEK_CUR);
    if (at >= 0 && sys::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) {
      at_ = static_cast<std::uint64_t>(at);
      end_ = static_cast<std::uint64_t>(status.st_size);
    }
  }

  std::string name_;
  Descriptor opened_;
  int fd_ = STDIN_FILENO;
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;  // where it is known; else 0
};

/// Bytes that can be read anywhere, from their beginning.
class BytesStream final : public Stream {
 public:
  explicit BytesStream(const Bytes& bytes) : bytes_(bytes) {}
  explicit BytesStream(std::unique_ptr<Bytes> bytes) : own_(std::move(bytes)), bytes_(*own_) {}

  [[nodiscard]] const std::string& name() const override { return bytes_.name(); }
  std::size_t read(std::span<char> out) override {
    const std::size_t got = bytes_.read_at(at_, out);
    at_ += got;
    return got;
  }

 private:
  std::unique_ptr<Bytes> own_;
  const Bytes& bytes_;
  std::uint64_t at_ = 0;
};

std::unique_ptr<Stream> unpacked(std::unique_ptr<Stream> stream) {
  std::string first(kSignatureBytes, '\0');
  first.resize(stream->read(first));
  const Packing* const packing = packing_of(first);
  std::unique_ptr<Stream> whole =
      std::make_unique<ReplayedStream>(std::move(first), std::move(stream));
  if (packing == nullptr) {
    return whole;
  }
  return packing->unpack(std::move(whole));
}

bool is_regular(const std::string& path) {
  struct stat status {};
  return sys::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) ||
         S_ISDIR(status.st_mode);
}

}  // namespace

bool is_standard_input(const std::string& path) {
  constexpr std::array<std::string_view, 4> kNames = {"-", "/dev/stdin", "/dev/fd/0",
                                                      "/proc/self/fd/0"};
  return std::ranges::find(kNames, path) != kNames.end();
}

Access access_of(const std::string& path) {
  if (is_standard_input(path) || !is_regular(path)) {
    return Access::kStream;
  }
  const InputFile file(path);
  std::array<char, kSignatureBytes> first{};
  const std::size_t got = file.read_at(0, first);
  return packing_of({first.data(), got}) == nullptr ? Access::kAnywhere : Access::kStream;
}

std::unique_ptr<Stream> open_stream(const std::string& path) {
  if (is_standard_input(path) || !is_regular(path)) {
    return unpacked(std::make_unique<DescriptorStream>(path));
  }
  return unpacked(std::make_unique<BytesStream>(std::make_unique<InputFile>(path)));
}

std::unique_ptr<Stream> open_stream(const Bytes& bytes) {
  return unpacked(std::make_unique<BytesStream>(bytes));
}

std::string without_packing(const std::string& path) {
  for (const Packing& packing : packings()) {
    if (path.ends_with(packing.ending)) {
      return path.substr(0, path.size() - packing.ending.size());
    }
  }
  return path;
}

}  // namespace tessera::io
