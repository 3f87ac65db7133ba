#include "tessera/io/scratch_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "io/interrupted.hpp"
#include "io/output_place.hpp"
#include "io/system.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

/// For file systems without nameless files (NFS, FUSE).
Descriptor made_and_removed(const std::string& folder) {
  const std::string path = folder + "/.tessera-" + std::to_string(getpid()) + ".scratch";
  unlink_if_interrupted(path);
  Descriptor fd(sys::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  const int error = errno;
  if (fd.get() >= 0) {
    sys::unlink(path.c_str());
  }
  keep_if_interrupted(path);
  errno = error;
  return fd;
}

}  // namespace

ScratchFile::ScratchFile(const std::string& folder)
    : name_("a scratch file in " + folder),
      fd_(sys::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600)) {
  if (fd_.get() < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    fd_ = made_and_removed(folder);
  }
  if (fd_.get() < 0) {
    const int error = errno;
    fail_about("scratch", ExitCode::kCannotCreate, "cannot create {}: {}", name_,
               std::generic_category().message(error));
  }
}

std::uint64_t ScratchFile::append(std::span<const std::byte> bytes) {
  const std::uint64_t begin = size_;
  while (!bytes.empty()) {
    const ssize_t put =
        sys::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (put <= 0) {
      fail_to_write(name_, put < 0 ? errno : EIO);
    }
    size_ += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return begin;
}

void ScratchFile::read(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t got = sys::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (got <= 0) {
      fail(ExitCode::kIo, "cannot read {} at byte {}: {}", name_, offset,
           got < 0 ? std::generic_category().message(errno) : std::string("it ends there"));
    }
    offset += static_cast<std::uint64_t>(got);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string usual_scratch_folder() {
  const char* folder = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): at the start
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

}  // namespace tessera::io
