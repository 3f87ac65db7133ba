#include "io/system.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "io/faults.hpp"

namespace tessera::io::sys {
namespace {

/// Makes the call, `action(size)`, unless it is to fail; `size`: what it reads or writes, if it
/// does.
template <typename Action>
auto once(Call call, std::size_t size, const Action& action) -> decltype(action(size)) {
  if (faults_wanted()) [[unlikely]] {
    const Fate fate = next_fate(call);
    if (fate.error != 0) {
      errno = fate.error;
      return -1;
    }
    if (fate.at_end && size > 0) {
      return 0;
    }
    size = fate.halved ? (size + 1) / 2 : size;
  }
  return action(size);
}

template <typename Action>
auto uninterrupted(Call call, std::size_t size, const Action& action) -> decltype(action(size)) {
  for (;;) {
    const auto result = once(call, size, action);
    if (result >= 0 || errno != EINTR) {
      return result;
    }
  }
}

/// The same of a call that neither reads nor writes.
template <typename Action>
int uninterrupted(Call call, const Action& action) {
  return uninterrupted(call, 0, [&](std::size_t) { return action(); });
}

}  // namespace

int open(const char* path, int flags, mode_t mode) {
  return uninterrupted(Call::kOpen, [&] { return ::open(path, flags, mode); });
}

int stat(const char* path, struct ::stat* status) {
  return uninterrupted(Call::kStat, [&] { return ::stat(path, status); });
}

int fstat(int fd, struct ::stat* status) {
  return uninterrupted(Call::kStat, [&] { return ::fstat(fd, status); });
}

ssize_t read(int fd, void* out, std::size_t size) {
  return uninterrupted(Call::kRead, size,
                       [&](std::size_t piece) { return ::read(fd, out, piece); });
}

ssize_t pread(int fd, void* out, std::size_t size, off_t offset) {
  return uninterrupted(Call::kPread, size,
                       [&](std::size_t piece) { return ::pread(fd, out, piece, offset); });
}

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t offset) {
  return uninterrupted(Call::kPwrite, size,
                       [&](std::size_t piece) { return ::pwrite(fd, bytes, piece, offset); });
}

int ftruncate(int fd, off_t size) {
  return uninterrupted(Call::kTruncate, [&] { return ::ftruncate(fd, size); });
}

int fallocate(int fd, off_t size) {
  return once(Call::kAllocate, 0, [&](std::size_t) { return ::fallocate(fd, 0, 0, size); });
}

int fsync(int fd) {
  return uninterrupted(Call::kFsync, [&] { return ::fsync(fd); });
}

int rename(const char* from, const char* to) {
  return uninterrupted(Call::kRename, [&] { return std::rename(from, to); });
}

int unlink(const char* path) {
  return uninterrupted(Call::kUnlink, [&] { return ::unlink(path); });
}

}  // namespace tessera::io::sys
