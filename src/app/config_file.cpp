#include "app/config_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/file.hpp"

namespace tessera::app {
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20U;
constexpr std::chrono::milliseconds kWaitForWriter{1000};

[[noreturn]] void fail_to_read(const std::string& path, const std::string& reason) {
  fail(ExitCode::kConfig, "{}: cannot read the configuration file: {}", path, reason);
}

[[noreturn]] void fail_to_read(const std::string& path, int error) {
  fail_to_read(path, std::generic_category().message(error));
}

io::Descriptor open_config(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes would wait for ever
  io::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) {
    const std::string reason = std::generic_category().message(errno);
    fail_to_read(path, path.starts_with("/dev/fd/")
                           ? reason + " (a launcher passes no open pipes on: give a file)"
                           : reason);
  }
  if (S_ISDIR(status.st_mode)) {
    fail(ExitCode::kConfig, "{}: is a folder, not a configuration file", path);
  }
  return file;
}

/// Reads what is there, or waits for it. A pipe without a writer reads as ended, like one whose
/// writer has gone; that one is told by POLLHUP.
class Config {
 public:
  explicit Config(const std::string& path) : path_(path), file_(open_config(path)) {}

  std::string read() {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
      std::array<char, 65536> piece{};
      const ssize_t got = ::read(file_.get(), piece.data(), piece.size());
      if (got > 0) {
        add({piece.data(), static_cast<std::size_t>(got)});
      } else if (got == 0 && (!text_.empty() || !lacks_writer())) {
        return text_;
      } else if (got == 0) {
        if (std::chrono::steady_clock::now() - start > kWaitForWriter) {
          fail_to_read(path_, "nobody writes to this pipe");
        }
        static_cast<void>(wait(10));
      } else if (errno == EAGAIN) {
        static_cast<void>(wait(-1));
      } else if (errno != EINTR) {
        fail_to_read(path_, errno);
      }
    }
  }

 private:
  void add(std::string_view piece) {
    text_ += piece;
    if (text_.size() > kLargest) {
      fail(ExitCode::kConfig, "{}: is no configuration file: it has more than {}", path_,
           bytes_text(kLargest));
    }
  }

  [[nodiscard]] bool lacks_writer() const {
    struct stat status {};
    return fstat(file_.get(), &status) == 0 && S_ISFIFO(status.st_mode) && (wait(0) & POLLHUP) == 0;
  }

  [[nodiscard]] short wait(int milliseconds) const {
    pollfd input{.fd = file_.get(), .events = POLLIN, .revents = 0};
    return poll(&input, 1, milliseconds) > 0 ? input.revents : short{0};
  }

  const std::string& path_;
  io::Descriptor file_;
  std::string text_;
};

}  // namespace

std::string read_config(const comm::Communicator& comm, const std::string& path) {
  std::string text;
  comm.together([&] {
    if (comm.is_root()) {
      text = Config(path).read();
    }
  });
  return comm.broadcast(text, 0);
}

}  // namespace tessera::app
