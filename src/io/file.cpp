#include "tessera/io/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/interrupted.hpp"
#include "io/output_place.hpp"
#include "io/system.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

// Asks for bytes just written to go to disk while the next ones are made, which flush() would
// otherwise wait for. What goes wrong then, flush() sees. The last page is left out, since what
// follows may go on in it.
void begin_to_flush(int fd, std::uint64_t offset, std::size_t size) {
  constexpr std::size_t kWorthIt = std::size_t{64} << 10U;
  constexpr std::uint64_t kPage = 4096;
  if (size >= kWorthIt) {
    const std::uint64_t end = (offset + size) / kPage * kPage;
    sync_file_range(fd, static_cast<off_t>(offset), static_cast<off_t>(end - offset),
                    SYNC_FILE_RANGE_WRITE);
  }
}

// Some file systems (FUSE, some network ones) cannot flush a folder; the rename stands anyway.
void flush_folder(const std::string& path) {
  const Descriptor folder(sys::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) {
    sys::fsync(folder.get());
  }
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    const Descriptor old(std::exchange(fd_, other.release()));
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

int Descriptor::release() { return std::exchange(fd_, -1); }

OutputFile::OutputFile(const comm::Communicator& comm, std::string path, mode_t mode)
    : comm_(comm), path_(std::move(path)) {
  std::string name;
  try {
    comm_.together([&] {
      if (comm_.is_root()) {
        target_ = check_target(path_);
        HiddenFile hidden = create_hidden_file(target_, path_, mode);
        name = hidden.name;
        temporary_ = name;
        fd_ = std::move(hidden.fd);
      }
    });
    temporary_ = comm_.broadcast(name, 0);
    comm_.together([&] {
      if (!comm_.is_root()) {
        // a launcher gives its ranks a second or so to end: the first that comes to it removes it
        unlink_if_interrupted(temporary_);
        fd_ = Descriptor(sys::open(temporary_.c_str(), O_RDWR | O_CLOEXEC));
        if (fd_.get() < 0) {
          const int error = errno;
          fail(ExitCode::kCannotCreate,
               "cannot create {}: rank {} on {} does not see the folder {} as rank 0 does ({}); "
               "write to a folder that all nodes share",
               path_, comm_.rank(), comm::host_name(),
               std::filesystem::absolute(folder_of(path_)).lexically_normal().string(),
               reason(error));
        }
      }
    });
  } catch (...) {
    if (comm_.is_root() && !name.empty()) {
      sys::unlink(name.c_str());
    }
    keep_if_interrupted(temporary_);
    throw;
  }
}

OutputFile::~OutputFile() {
  if (committed_) {
    return;
  }
  if (comm_.is_root()) {
    sys::unlink(temporary_.c_str());
  }
  keep_if_interrupted(temporary_);
}

void OutputFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = sys::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done,
                                    static_cast<off_t>(offset + done));
    if (put <= 0) {
      fail_to_write(path_, put < 0 ? errno : EIO);
    }
    done += static_cast<std::size_t>(put);
  }
  begin_to_flush(fd_.get(), offset, bytes.size());
}

void OutputFile::write_at(std::uint64_t offset, std::string_view text) const {
  write_at(offset, std::as_bytes(std::span(text.data(), text.size())));
}

void OutputFile::reserve(std::uint64_t size) const {
  comm_.together([&] {
    if (!comm_.is_root()) {
      return;
    }
    const auto length = static_cast<off_t>(size);
    if (sys::ftruncate(fd_.get(), length) != 0) {
      fail_to_write(path_, errno);
    }
    if (length > 0 && sys::fallocate(fd_.get(), length) != 0 && errno != EOPNOTSUPP &&
        errno != ENOSYS && errno != EINTR) {
      fail_to_write(path_, errno);
    }
  });
}

void OutputFile::flush() {
  comm_.together([&] {
    // each node flushes what its own cache holds
    if (sys::fsync(fd_.get()) != 0) {
      fail_to_write(path_, errno);
    }
  });
  flushed_ = true;
}

void OutputFile::commit() {
  if (!flushed_) {
    flush();
  }
  comm_.together([&] {
    if (!comm_.is_root()) {
      return;
    }
    if (sys::rename(temporary_.c_str(), target_.c_str()) != 0) {
      fail(ExitCode::kCannotCreate, "cannot create {}: {}", path_, reason(errno));
    }
    flush_folder(target_);
  });
  keep_if_interrupted(temporary_);
  committed_ = true;
}

OrderedTextFile::OrderedTextFile(const comm::Communicator& comm, const std::string& path,
                                 mode_t mode)
    : comm_(comm), file_(comm, path, mode) {}

void OrderedTextFile::append(std::string_view piece) {
  const std::uint64_t size = piece.size();
  const std::uint64_t below = comm_.sum_of_lower_ranks(size);
  comm_.together([&] { file_.write_at(end_ + below, piece); });
  end_ += comm_.all_sum(size);
}

}  // namespace tessera::io
