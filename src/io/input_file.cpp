#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include "io/system.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/file.hpp"

namespace tessera::io {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

constexpr const char* kWhatToDo = "run the same command again when nothing writes to it";

FileState state_of(const struct stat& status) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {.size = static_cast<std::uint64_t>(status.st_size),
          .modified = status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

}  // namespace

std::string time_text(std::int64_t nanoseconds) {
  constexpr std::int64_t kMicroseconds = 1'000;
  constexpr std::int64_t kPerSecond = 1'000'000;
  const std::int64_t microseconds = nanoseconds / kMicroseconds;
  const std::time_t seconds = microseconds / kPerSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return fmt::format("{}.{:06} UTC", text, microseconds % kPerSecond);
}

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  // O_NONBLOCK: opening a pipe that nobody writes would wait for ever
  fd_ = Descriptor(sys::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd_.get() < 0) {
    const int error = errno;
    switch (error) {
      case ENOENT:
      case ENOTDIR:
        fail(ExitCode::kNoInput, "{} does not exist", path_);
      case EACCES:
      case EPERM:
        fail(ExitCode::kNoInput, "no permission to read {}", path_);
      default:
        fail(ExitCode::kNoInput, "cannot open {}: {}", path_, reason(error));
    }
  }
  struct stat status {};
  if (sys::fstat(fd_.get(), &status) != 0) {
    fail(ExitCode::kNoInput, "cannot open {}: {}", path_, reason(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    fail(ExitCode::kNoInput, "{} is a folder; give a file", path_);
  }
  if (!S_ISREG(status.st_mode)) {
    fail(ExitCode::kNoInput,
         "{} is not a regular file; each rank reads its own part, which a pipe or device cannot "
         "offer: save the data to a file first",
         path_);
  }
  state_ = state_of(status);
}

std::size_t InputFile::read_at(std::uint64_t offset, std::span<char> out) const {
  const std::uint64_t behind = state_.size - std::min(offset, state_.size);
  out = out.first(std::min<std::uint64_t>(out.size(), behind));
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = sys::pread(fd_.get(), out.data() + done, out.size() - done,
                                   static_cast<off_t>(offset + done));
    if (got < 0) {
      fail(ExitCode::kIo, "cannot read {} at byte {}: {}", path_, grouped(offset + done),
           reason(errno));
    }
    if (got == 0) {
      fail(ExitCode::kIo, "{} became shorter while it was read: it ends at byte {} of {}; {}",
           path_, grouped(offset + done), grouped(state_.size), kWhatToDo);
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void InputFile::check_unchanged() const {
  struct stat status {};
  if (sys::fstat(fd_.get(), &status) != 0) {
    fail(ExitCode::kIo, "cannot look at {} again: {}", path_, reason(errno));
  }
  const FileState now = state_of(status);
  if (now.size != state_.size) {
    fail(ExitCode::kIo, "{} changed while it was read, from {} to {}; {}", path_,
         counted(state_.size, "byte"), grouped(now.size), kWhatToDo);
  }
  if (now.modified != state_.modified) {
    fail(ExitCode::kIo, "{} changed while it was read: it was modified at {}; {}", path_,
         time_text(now.modified), kWhatToDo);
  }
}

}  // namespace tessera::io
