#include "io/h5_driver.hpp"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"

namespace tessera::io {
namespace {

/// What a file access property list carries of this driver.
struct DriverInfo {
  H5Medium* medium;
};

/// A file as HDF5 knows it, which begins with HDF5's own part.
struct OpenFile {
  H5FD_t common;
  H5Medium* medium;
  H5Medium* asked;  // where failures are kept
  std::unique_ptr<InputFile> other;
  std::unique_ptr<H5ReadMedium> other_medium;
  haddr_t end_of_allocated;
};

OpenFile& open_file(H5FD_t* file) { return *reinterpret_cast<OpenFile*>(file); }
const OpenFile& open_file(const H5FD_t* file) { return *reinterpret_cast<const OpenFile*>(file); }

/// Runs `action`, whose exceptions may not reach HDF5.
template <typename Action>
herr_t guarded(H5Medium& medium, const Action& action) {
  try {
    action();
    return 0;
  } catch (...) {
    medium.keep(std::current_exception());
    return -1;
  }
}

/// For a file that HDF5 opens on its own, because the first leads into it.
void* get_info(H5FD_t* file) {
  void* const copy = std::malloc(sizeof(DriverInfo));  // which HDF5 frees
  if (copy != nullptr) {
    new (copy) DriverInfo{open_file(file).asked};
  }
  return copy;
}

H5FD_t* open(const char* name, unsigned, hid_t access, haddr_t) {
  const auto* const wanted = static_cast<const DriverInfo*>(H5Pget_driver_info(access));
  if (wanted == nullptr) {
    return nullptr;
  }
  std::unique_ptr<OpenFile> opened;
  const herr_t result = guarded(*wanted->medium, [&] {
    opened = std::make_unique<OpenFile>();
    opened->medium = wanted->medium;
    opened->asked = wanted->medium;
    if (name == wanted->medium->name()) {
      return;
    }
    if (!wanted->medium->trusted()) {
      fail_about("trust_input", ExitCode::kBadData,
                 "{} leads into another file ({}), which is not followed, since whoever made it "
                 "could have any file read; trust the input if you know it, or copy the data into "
                 "one file",
                 wanted->medium->name(), name);
    }
    opened->other = std::make_unique<InputFile>(name);
    opened->other_medium = std::make_unique<H5ReadMedium>(*opened->other, true);
    opened->medium = opened->other_medium.get();
  });
  return result < 0 ? nullptr : &opened.release()->common;
}

herr_t close(H5FD_t* file) {
  const std::unique_ptr<OpenFile> closed(&open_file(file));
  return 0;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
  if (flags != nullptr) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  }
  return 0;
}

haddr_t get_eoa(const H5FD_t* file, H5FD_mem_t) { return open_file(file).end_of_allocated; }

herr_t set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  open_file(file).end_of_allocated = address;
  return 0;
}

haddr_t get_eof(const H5FD_t* file, H5FD_mem_t) { return open_file(file).medium->size(); }

herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* buffer) {
  OpenFile& opened = open_file(file);
  return guarded(*opened.asked, [&] {
    opened.medium->read(address, std::span(static_cast<char*>(buffer), size));
  });
}

herr_t write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size,
             const void* buffer) {
  OpenFile& opened = open_file(file);
  return guarded(*opened.asked, [&] {
    opened.medium->write(address, std::span(static_cast<const char*>(buffer), size));
  });
}

herr_t truncate(H5FD_t* file, hid_t, hbool_t) {
  const OpenFile& opened = open_file(file);
  return guarded(*opened.asked, [&] { opened.medium->end_at(opened.end_of_allocated); });
}

hid_t driver() {
  static const hid_t kDriver = [] {
    H5FD_class_t ours{};
#if H5_VERSION_GE(1, 13, 0)
    ours.version = H5FD_CLASS_VERSION;
    ours.value = static_cast<H5FD_class_value_t>(600);  // free for anyone's use
#endif
    ours.name = "tessera";
    ours.maxaddr = static_cast<haddr_t>(INT64_MAX);
    ours.fc_degree = H5F_CLOSE_WEAK;
    ours.fapl_size = sizeof(DriverInfo);
    ours.fapl_get = get_info;
    ours.open = open;
    ours.close = close;
    ours.query = query;
    ours.get_eoa = get_eoa;
    ours.set_eoa = set_eoa;
    ours.get_eof = get_eof;
    ours.read = read;
    ours.write = write;
    ours.truncate = truncate;
    constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> kAsUsual = H5FD_FLMAP_DICHOTOMY;
    std::ranges::copy(kAsUsual, ours.fl_map);
    return H5FDregister(&ours);
  }();
  return kDriver;
}

}  // namespace

void H5ReadMedium::read(std::uint64_t offset, std::span<char> out) {
  const std::size_t got = bytes_.read_at(offset, out);
  std::ranges::fill(out.subspan(got), '\0');  // allocated, but never written
}

void H5ReadMedium::write(std::uint64_t, std::span<const char>) {
  fail(ExitCode::kInternal, "{} is open for reading", name());
}

void H5ImageMedium::read(std::uint64_t offset, std::span<char> out) {
  while (!out.empty()) {
    const std::uint64_t within = offset % kPageBytes;
    const std::size_t count = std::min<std::size_t>(out.size(), kPageBytes - within);
    const auto page = pages_.find(offset / kPageBytes);
    if (page == pages_.end()) {
      std::ranges::fill(out.first(count), '\0');
    } else {
      std::copy_n(page->second.begin() + static_cast<std::ptrdiff_t>(within), count, out.begin());
    }
    offset += count;
    out = out.subspan(count);
  }
}

void H5ImageMedium::write(std::uint64_t offset, std::span<const char> bytes) {
  end_ = std::max(end_, offset + bytes.size());
  while (!bytes.empty()) {
    const std::uint64_t within = offset % kPageBytes;
    const std::size_t count = std::min<std::size_t>(bytes.size(), kPageBytes - within);
    std::vector<char>& page = pages_[offset / kPageBytes];
    page.resize(kPageBytes);
    std::copy_n(bytes.begin(), count, page.begin() + static_cast<std::ptrdiff_t>(within));
    offset += count;
    bytes = bytes.subspan(count);
  }
}

H5Handle h5_access(H5Medium& medium) {
  H5Handle access = h5_access();
  const DriverInfo ours{&medium};
  H5Pset_driver(access.get(), driver(), &ours);
  return access;
}

}  // namespace tessera::io
