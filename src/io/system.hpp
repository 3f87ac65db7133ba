/// \file
/// The system calls of src/io, each as the function of its name, but never interrupted: with EINTR
/// they are made again. Tests can make them fail (faults.hpp). Private to src/io.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>

namespace tessera::io::sys {

[[nodiscard]] int open(const char* path, int flags, mode_t mode = 0);
[[nodiscard]] int stat(const char* path, struct ::stat* status);
[[nodiscard]] int fstat(int fd, struct ::stat* status);
[[nodiscard]] ssize_t read(int fd, void* out, std::size_t size);
[[nodiscard]] ssize_t pread(int fd, void* out, std::size_t size, off_t offset);
[[nodiscard]] ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t offset);
[[nodiscard]] int ftruncate(int fd, off_t size);
/// May be interrupted: to go on could take for ever.
[[nodiscard]] int fallocate(int fd, off_t size);
int fsync(int fd);
[[nodiscard]] int rename(const char* from, const char* to);
int unlink(const char* path);

}  // namespace tessera::io::sys
