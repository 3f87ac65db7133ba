#include "app/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

void open_closed_descriptors() {
  // the lowest first, since open() takes the lowest that is free
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      // the wrong way round, so that who wants to read or write hears of it; messages may be lost
      const int way = fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY;
      if (open("/dev/null", way) != fd) {
        _exit(static_cast<int>(ExitCode::kUnfit));
      }
    }
  }
}

// `ulimit -t` sets both limits to one value, where SIGKILL comes without a warning.
void leave_time_to_clear_up() {
  rlimit limit{};
  if (getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_max != RLIM_INFINITY &&
      limit.rlim_cur == limit.rlim_max && limit.rlim_max > 1) {
    --limit.rlim_cur;
    setrlimit(RLIMIT_CPU, &limit);
  }
}

}  // namespace

void prepare_process() {
  open_closed_descriptors();
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(signal, &ignore, nullptr);
  }
  leave_time_to_clear_up();
}

void say_on_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

int write_output(std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  const int error = errno;
  return written ? 0 : error;
}

int output_trouble() {
  // a closed descriptor and a full device refuse to write even nothing
  if (write(STDOUT_FILENO, "", 0) < 0) {
    return errno;
  }
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0 ? EPIPE : 0;
}

std::optional<int> standard_stream(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  for (const int fd : {STDERR_FILENO, STDOUT_FILENO}) {
    struct stat stream {};
    if (fstat(fd, &stream) == 0 && stream.st_dev == status.st_dev &&
        stream.st_ino == status.st_ino && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY) {
      return fd;
    }
  }
  return std::nullopt;
}

void check_output(int error) {
  if (error != 0) {
    fail(ExitCode::kIo, "cannot write to the standard output: {}",
         std::generic_category().message(error));
  }
}

}  // namespace tessera::app
