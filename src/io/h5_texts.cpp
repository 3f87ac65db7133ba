// Strings of datasets and attributes.
#include <algorithm>
#include <string_view>

#include "io/h5_heap.hpp"
#include "io/h5_state.hpp"
#include "io/h5_text.hpp"

namespace tessera::io {
namespace {

constexpr std::uint64_t kTextsAtOnce = 16384;
constexpr std::uint64_t kBytesAtOnce = std::uint64_t{16} << 20;

}  // namespace

void H5File::State::read_text(const std::string& name, std::uint64_t first, std::uint64_t count,
                              const TakeText& take) {
  if (open(name).description.kind != H5Kind::kText) {
    fail(ExitCode::kBadData, "{} in {} does not hold text", name, path);
  }
  const Open& from = open_rows(name, first, count, {});
  // The type as stored: HDF5 does not convert between its ASCII and UTF-8 strings.
  const H5Handle stored(H5Dget_type(from.dataset.get()), H5Tclose);
  const H5Handle type = h5_memory_type(stored.get());
  const std::size_t width = H5Tget_size(type.get());
  const H5T_str_t padding = H5Tget_strpad(stored.get());
  const bool in_heap = h5_is_in_heap(stored.get());
  std::vector<std::string_view> texts(std::min(
      count,
      std::clamp<std::uint64_t>(kBytesAtOnce / std::max<std::size_t>(1, width), 1, kTextsAtOnce)));
  std::vector<char> raw(texts.size() * width);
  for (const std::uint64_t end = first + count; first < end; first += texts.size()) {
    texts.resize(std::min<std::uint64_t>(texts.size(), end - first));
    raw.resize(texts.size() * width);
    if (in_heap || !from.offset ||
        bytes->read_at(*from.offset + first * width, raw) != raw.size()) {
      read(name, first, texts.size(), {}, type.get(), raw.data());
    }
    if (in_heap) {
      take_heap_texts(name, raw.data(), texts.size(), width, take);
      continue;
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
      texts[i] = unpadded(raw.data() + i * width, width, padding);
    }
    take(texts);
  }
}

void H5File::State::take_heap_texts(const std::string& name, const char* places,
                                    std::uint64_t count, std::size_t step, const TakeText& take) {
  const Open& from = open(name);
  const H5Handle properties(H5Dget_create_plist(from.dataset.get()), H5Pclose);
  check_heaps_of(name, from.dataset.get(), H5Pget_layout(properties.get()) == H5D_VIRTUAL);
  std::string gathered;
  std::vector<std::size_t> lengths;
  std::vector<std::string_view> texts;
  const auto hand_on = [&] {
    const char* at = gathered.data();
    for (const std::size_t length : lengths) {
      texts.emplace_back(at, length);
      at += length;
    }
    take(texts);
    gathered.clear();
    lengths.clear();
    texts.clear();
  };
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view text = heap_text(name, places + i * step);
    gathered += text;
    lengths.push_back(text.size());
    if (gathered.size() > kBytesAtOnce) {
      hand_on();
    }
  }
  hand_on();
}

void H5File::State::check_heaps_of(const std::string& object, hid_t id, bool is_virtual) const {
  if (is_virtual || !is_in_this_file(id)) {
    fail(ExitCode::kBadData,
         "{}: {} has strings of variable length in another file, which are not read; copy them "
         "into one file",
         path, object);
  }
}

std::string_view H5File::State::heap_text(const std::string& object, const char* place) {
  if (!heaps) {
    const H5Handle properties(H5Fget_create_plist(file.get()), H5Pclose);
    hsize_t user_block = 0;
    std::size_t address_bytes = 0;
    std::size_t length_bytes = 0;
    H5Pget_userblock(properties.get(), &user_block);
    H5Pget_sizes(properties.get(), &address_bytes, &length_bytes);
    if (address_bytes != sizeof(std::uint64_t) || length_bytes != sizeof(std::uint64_t)) {
      fail(ExitCode::kBadData,
           "{} has addresses of {} bytes and lengths of {}, by which strings of variable length "
           "are not read; copy it with h5repack",
           path, address_bytes, length_bytes);
    }
    heaps.emplace(*bytes, user_block);
  }
  try {
    return heaps->text(place);
  } catch (const DamagedHeap& damaged) {
    bytes->check_unchanged();  // or someone writes to it just now
    fail(ExitCode::kBadData, "{} is damaged: {}: {}; create it again, or take it from a backup",
         path, object, damaged.what());
  }
}

std::optional<std::string> H5File::State::text_attribute(const std::string& object_name,
                                                         const std::string& name) {
  std::optional<std::vector<std::string>> texts = texts_attribute(object_name, name);
  return texts && texts->size() == 1 ? std::optional(std::move(texts->front())) : std::nullopt;
}

std::optional<std::vector<std::string>> H5File::State::texts_attribute(
    const std::string& object_name, const std::string& name) {
  const H5Handle handle = attribute(object_name, name);
  if (!handle) {
    return std::nullopt;
  }
  const H5Handle type(H5Aget_type(handle.get()), H5Tclose);
  const H5Handle space(H5Aget_space(handle.get()), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  const std::size_t width = H5Tget_size(type.get());
  constexpr std::size_t kMost = std::size_t{1} << 26U;
  if (H5Tget_class(type.get()) != H5T_STRING || count < 0 || width > kMost ||
      static_cast<std::size_t>(count) > kMost / std::max<std::size_t>(1, width)) {
    return std::nullopt;
  }
  std::vector<std::string> texts;
  if (count == 0) {
    return texts;
  }
  const H5Handle in_memory = h5_memory_type(type.get());
  const std::size_t step = H5Tget_size(in_memory.get());
  const bool in_heap = h5_is_in_heap(type.get());
  if (in_heap) {
    check_heaps_of(object_name + "@" + name, handle.get(), false);
  }
  std::vector<char> raw(static_cast<std::size_t>(count) * step);
  if (H5Aread(handle.get(), in_memory.get(), raw.data()) < 0) {
    fail_to_read(object_name + "@" + name);
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const char* const at = raw.data() + i * step;
    texts.emplace_back(in_heap ? heap_text(object_name + "@" + name, at)
                               : unpadded(at, width, H5Tget_strpad(type.get())));
  }
  return texts;
}

}  // namespace tessera::io
