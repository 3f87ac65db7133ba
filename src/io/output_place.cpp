#include "io/output_place.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>

#include "io/interrupted.hpp"
#include "io/system.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::io {
namespace {

constexpr std::string_view kEnding = ".part";
constexpr std::size_t kRandomDigits = 16;

std::string reason(int error) { return std::generic_category().message(error); }

std::string name_in(const std::string& folder, std::string_view name) {
  return (std::filesystem::path(folder) / name).string();
}

// What the hidden names of an output begin with. A long name is cut, between two characters, so
// that they are not too long for the file system.
std::string hidden_stem(const std::string& target) {
  const long limit = pathconf(folder_of(target).c_str(), _PC_NAME_MAX);
  const std::size_t longest = limit > 0 ? static_cast<std::size_t>(limit) : NAME_MAX;
  const std::size_t others = 2 + kRandomDigits + kEnding.size();
  std::string name = std::filesystem::path(target).filename().string();
  if (name.size() + others > longest) {
    std::size_t cut = longest - others;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80U) {
      --cut;
    }
    name.resize(cut);
  }
  return '.' + name + '.';
}

bool is_hidden_name(std::string_view name, std::string_view stem) {
  if (name.size() != stem.size() + kRandomDigits + kEnding.size() || !name.starts_with(stem) ||
      !name.ends_with(kEnding)) {
    return false;
  }
  return std::ranges::all_of(name.substr(stem.size(), kRandomDigits), [](unsigned char c) {
    return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
  });
}

// True if this is now the file's only owner. A file system that has no locks says no.
bool lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0; }

void remove_if_abandoned(const std::string& path) {
  const Descriptor file(
      sys::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (file.get() >= 0 && sys::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_uid == geteuid() && lock(file.get())) {
    sys::unlink(path.c_str());
  }
}

void remove_abandoned(const std::string& folder, const std::string& stem) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
  while (const dirent* const entry = entries ? readdir(entries.get()) : nullptr) {
    if (is_hidden_name(entry->d_name, stem)) {
      remove_if_abandoned(name_in(folder, entry->d_name));
    }
  }
}

[[noreturn]] void fail_to_create(const std::string& path, int error) {
  const std::string folder = folder_of(path);
  switch (error) {
    case ENOENT:
      fail(ExitCode::kCannotCreate,
           "cannot create {}: the folder {} does not exist; create it first", path, folder);
    case ENOTDIR:
      fail(ExitCode::kCannotCreate, "cannot create {}: {} is not a folder", path, folder);
    case EACCES:
    case EPERM:
      fail(ExitCode::kCannotCreate, "cannot create {}: no permission to write in the folder {}",
           path, folder);
    case EROFS:
      fail(ExitCode::kCannotCreate, "cannot create {}: the folder {} is on a read-only file system",
           path, folder);
    default:
      fail(ExitCode::kCannotCreate, "cannot create {}: {}", path, reason(error));
  }
}

// As Linux's protected_symlinks, wherever others may write: whoever lays a link where an output is
// expected would choose which of our files it replaces.
void refuse_foreign_link(const std::string& path, const std::string& link, uid_t owner) {
  struct stat folder {};
  const bool is_ours = owner == geteuid() || owner == 0;
  if (!is_ours && sys::stat(folder_of(link).c_str(), &folder) == 0 && owner != folder.st_uid &&
      (folder.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    fail(ExitCode::kCannotCreate,
         "cannot create {}: {} is a symbolic link that another user (number {}) has put into a "
         "folder that others may write; give the name of the file itself, or remove the link",
         path, link, owner);
  }
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string follow_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the kernel
  std::string target = path;
  for (int links = 0; links <= kMostLinks; ++links) {
    struct stat status {};
    if (lstat(target.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) {
      return target;
    }
    refuse_foreign_link(path, target, status.st_uid);
    std::array<char, PATH_MAX> next{};
    const ssize_t size = readlink(target.c_str(), next.data(), next.size() - 1);
    if (size <= 0) {
      return target;
    }
    target = name_in(std::filesystem::path(target).parent_path().string(), next.data());
  }
  fail_to_create(path, ELOOP);
}

std::string check_target(const std::string& path) {
  if (path.empty()) {
    fail(ExitCode::kCannotCreate, "cannot create an output file without a name");
  }
  struct stat status {};
  const bool exists = sys::stat(path.c_str(), &status) == 0;
  if (!exists && errno == ENAMETOOLONG) {
    fail_to_create(path, ENAMETOOLONG);
  }
  if (path.ends_with('/') || (exists && S_ISDIR(status.st_mode))) {
    fail(ExitCode::kCannotCreate,
         "cannot create {}: it is a folder; give the name of a file to create in it", path);
  }
  // Renaming onto a device or a pipe would remove it.
  if (exists && !S_ISREG(status.st_mode)) {
    fail(ExitCode::kCannotCreate,
         "cannot create {}: something that is not a file has this name; outputs are files, which "
         "all ranks write side by side",
         path);
  }
  return follow_links(path);
}

HiddenFile create_hidden_file(const std::string& target, const std::string& path, mode_t mode) {
  const std::string folder = std::filesystem::path(target).parent_path().string();
  const std::string stem = hidden_stem(target);
  remove_abandoned(folder_of(target), stem);
  std::random_device random;
  while (true) {
    const std::string name =
        name_in(folder, fmt::format("{}{:08x}{:08x}{}", stem, random(), random(), kEnding));
    unlink_if_interrupted(name);  // before it exists
    Descriptor fd(sys::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (fd.get() < 0) {
      const int error = errno;
      keep_if_interrupted(name);
      fail_to_create(path, error);
    }
    // another job that clears up may have been quicker
    const bool locked = lock(fd.get());
    const int error = errno;
    struct stat status {};
    if (locked ? sys::fstat(fd.get(), &status) != 0 || status.st_nlink > 0 : error != EWOULDBLOCK) {
      return {name, std::move(fd)};
    }
    keep_if_interrupted(name);
  }
}

void fail_to_write(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    fail(ExitCode::kIo,
         "cannot write {}: {}; free some space or write elsewhere. Nothing was left behind", path,
         reason(error));
  }
  rlimit limit{};
  if (error == EFBIG && getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    fail(ExitCode::kIo,
         "cannot write {}: {}; files may have {} (ulimit -f). Nothing was left behind", path,
         reason(error), bytes_text(limit.rlim_cur));
  }
  fail(ExitCode::kIo, "cannot write {}: {}", path, reason(error));
}

}  // namespace tessera::io
