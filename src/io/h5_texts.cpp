// Strings of datasets and attributes.
#include <algorithm>
#include <string_view>

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
  const H5Handle type(H5Dget_type(from.dataset.get()), H5Tclose);
  const std::size_t width = from.description.element_bytes;
  const H5T_str_t padding = H5Tget_strpad(type.get());
  const bool variable = H5Tis_variable_str(type.get()) > 0;
  std::vector<std::string_view> texts(std::min(
      count,
      std::clamp<std::uint64_t>(kBytesAtOnce / std::max<std::size_t>(1, width), 1, kTextsAtOnce)));
  std::vector<char> raw(variable ? 0 : texts.size() * width);
  for (const std::uint64_t end = first + count; first < end; first += texts.size()) {
    texts.resize(std::min<std::uint64_t>(texts.size(), end - first));
    if (variable) {
      const hsize_t length = texts.size();
      const H5Handle space(H5Screate_simple(1, &length, nullptr), H5Sclose);
      VariableStrings strings(texts.size(), type.get(), space.get());
      read(name, first, texts.size(), {}, type.get(), strings.data());
      for (std::size_t i = 0; i < texts.size(); ++i) {
        texts[i] = strings.at(i);
      }
      take(texts);
      continue;
    }
    raw.resize(texts.size() * width);
    if (!from.offset || bytes->read_at(*from.offset + first * width, raw) != raw.size()) {
      read(name, first, texts.size(), {}, type.get(), raw.data());
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
      texts[i] = unpadded(raw.data() + i * width, width, padding);
    }
    take(texts);
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
  if (H5Tis_variable_str(type.get()) > 0) {
    VariableStrings strings(static_cast<std::size_t>(count), type.get(), space.get());
    if (H5Aread(handle.get(), type.get(), strings.data()) < 0) {
      fail_to_read(object_name + "@" + name);
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      texts.emplace_back(strings.at(i));
    }
    return texts;
  }
  std::vector<char> raw(static_cast<std::size_t>(count) * width);
  if (H5Aread(handle.get(), type.get(), raw.data()) < 0) {
    fail_to_read(object_name + "@" + name);
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    texts.emplace_back(unpadded(raw.data() + i * width, width, H5Tget_strpad(type.get())));
  }
  return texts;
}

}  // namespace tessera::io
