#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "io/h5_state.hpp"
#include "io/h5_text.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {
namespace {

constexpr std::uint64_t kTextsAtOnce = 16384;
constexpr std::size_t kTextBytesAtOnce = std::size_t{16} << 20U;

}  // namespace

H5File::H5File(const std::string& path) : H5File(InputFile(path)) {}

H5File::H5File(InputFile file) : state_(std::make_unique<State>(std::move(file))) {
  const H5Lock lock;
  const std::string& path = state_->path;
  h5_start();
  if (state_->bytes.size() == 0) {
    fail(ExitCode::kBadData, "{} is empty (0 bytes), not an HDF5 file", path);
  }
  const H5Handle access = h5_access();
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    fail(ExitCode::kBadData, "{} is not an HDF5 file", path);
  }
  state_->file = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose};
  if (!state_->file) {
    const std::string reason = h5_reason();
    fail(ExitCode::kBadData, "{} is {} ({}); copy or create it again", path,
         reason.starts_with("truncated") ? "a truncated HDF5 file" : "a damaged HDF5 file", reason);
  }
}

H5File::H5File(H5File&&) noexcept = default;
H5File& H5File::operator=(H5File&& other) noexcept {
  const H5Lock lock;
  state_ = std::move(other.state_);
  return *this;
}
H5File::~H5File() {
  const H5Lock lock;
  state_.reset();
}

std::uint64_t H5Dataset::bytes() const {
  std::uint64_t bytes = element_bytes;
  for (const std::uint64_t extent : shape) {
    if (__builtin_mul_overflow(bytes, extent, &bytes)) {
      return std::numeric_limits<std::uint64_t>::max();
    }
  }
  return bytes;
}

const std::string& H5File::path() const { return state_->path; }

void H5File::check_unchanged() const { state_->bytes.check_unchanged(); }

bool H5File::has_group(const std::string& name) const {
  const H5Lock lock;
  return state_->has(name, H5I_GROUP);
}

bool H5File::has_dataset(const std::string& name) const {
  const H5Lock lock;
  return state_->has(name, H5I_DATASET);
}

H5Dataset H5File::dataset(const std::string& name) const {
  const H5Lock lock;
  return state_->open(name).description;
}

std::vector<H5Dataset> H5File::datasets(const std::string& group) const {
  const H5Lock lock;
  std::vector<H5Dataset> all;
  for (const std::string& name : state_->children(group, H5I_DATASET)) {
    all.push_back(dataset((group.ends_with('/') ? group : group + "/") + name));
  }
  return all;
}

std::vector<std::string> H5File::groups(const std::string& group) const {
  const H5Lock lock;
  return state_->children(group, H5I_GROUP);
}

template <typename T>
void H5File::read(const std::string& name, std::uint64_t first, std::span<T> out) const {
  const H5Lock lock;
  const State::Open& from = state_->open_rows(name, first, out.size(), {});
  if (!from.offset || !from.stored ||
      !read_stored(state_->bytes, *from.offset + first * from.description.element_bytes,
                   *from.stored, out)) {
    state_->read(name, first, out.size(), {}, h5_native_type<T>(), out.data());
  }
}

void H5File::read_matrix_columns(const std::string& name, std::span<const std::size_t> columns,
                                 std::uint64_t first,
                                 std::span<const std::span<double>> out) const {
  if (columns.empty()) {
    return;
  }
  const H5Lock lock;
  const State::Open& from = state_->open_rows(name, first, out[0].size(), columns);
  const std::uint64_t width = from.description.shape[1];
  if (from.offset && from.stored &&
      read_stored_columns(state_->bytes,
                          *from.offset + first * width * from.description.element_bytes,
                          *from.stored, width, columns, out)) {
    return;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    state_->read(name, first, out[i].size(), {columns[i]}, h5_native_type<double>(), out[i].data());
  }
}

template <typename T>
std::vector<T> H5File::read_all(const std::string& name) const {
  const H5Lock lock;
  const State::Open& from = state_->open(name);
  std::uint64_t count = 1;
  for (const std::uint64_t extent : from.description.shape) {
    count *= extent;
  }
  std::vector<T> values(count);
  if (count > 0 && H5Dread(from.dataset.get(), h5_native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                           values.data()) < 0) {
    fail_to_read(state_->path, name);
  }
  return values;
}

std::vector<std::string> H5File::read_text(const std::string& name, std::uint64_t first,
                                           std::uint64_t count) const {
  std::vector<std::string> strings;
  read_text(name, first, count, [&](std::span<const std::string_view> texts) {
    strings.reserve(count);
    strings.insert(strings.end(), texts.begin(), texts.end());
  });
  return strings;
}

void H5File::read_text(const std::string& name, std::uint64_t first, std::uint64_t count,
                       const TakeText& take) const {
  const H5Lock lock;
  if (state_->open(name).description.kind != H5Kind::kText) {
    fail(ExitCode::kBadData, "{} in {} does not hold text", name, state_->path);
  }
  const State::Open& from = state_->open_rows(name, first, count, {});
  // The type as stored: HDF5 does not convert between its ASCII and UTF-8 strings.
  const H5Handle type(H5Dget_type(from.dataset.get()), H5Tclose);
  const std::size_t width = from.description.element_bytes;
  const H5T_str_t padding = H5Tget_strpad(type.get());
  const bool variable = H5Tis_variable_str(type.get()) > 0;
  const std::uint64_t at_once =
      variable ? kTextsAtOnce
               : std::clamp<std::uint64_t>(kTextBytesAtOnce / width, 1, kTextsAtOnce);
  std::vector<std::string_view> texts(std::min(count, at_once));
  std::vector<char> bytes(variable ? 0 : texts.size() * width);
  for (const std::uint64_t end = first + count; first < end; first += texts.size()) {
    texts.resize(std::min<std::uint64_t>(texts.size(), end - first));
    if (variable) {
      const hsize_t length = texts.size();
      const H5Handle space(H5Screate_simple(1, &length, nullptr), H5Sclose);
      VariableStrings raw(texts.size(), type.get(), space.get());
      state_->read(name, first, texts.size(), {}, type.get(), raw.data());
      for (std::size_t i = 0; i < texts.size(); ++i) {
        texts[i] = raw.at(i);
      }
      take(texts);
      continue;
    }
    bytes.resize(texts.size() * width);
    if (!from.offset ||
        state_->bytes.read_at(*from.offset + first * width, bytes) != bytes.size()) {
      state_->read(name, first, texts.size(), {}, type.get(), bytes.data());
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
      texts[i] = unpadded(bytes.data() + i * width, width, padding);
    }
    take(texts);
  }
}

std::optional<std::string> H5File::text_attribute(const std::string& object,
                                                  const std::string& name) const {
  const H5Lock lock;
  const H5Handle handle = state_->attribute(object, name);
  if (!handle) {
    return std::nullopt;
  }
  const H5Handle type(H5Aget_type(handle.get()), H5Tclose);
  const H5Handle space(H5Aget_space(handle.get()), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1) {
    return std::nullopt;
  }
  if (H5Tis_variable_str(type.get()) > 0) {
    VariableStrings raw(1, type.get(), space.get());
    if (H5Aread(handle.get(), type.get(), raw.data()) < 0) {
      fail_to_read(state_->path, object + "@" + name);
    }
    return std::string(raw.at(0));
  }
  const std::size_t width = H5Tget_size(type.get());
  std::vector<char> raw(width);
  if (H5Aread(handle.get(), type.get(), raw.data()) < 0) {
    fail_to_read(state_->path, object + "@" + name);
  }
  return std::string(unpadded(raw.data(), width, H5Tget_strpad(type.get())));
}

std::optional<std::int64_t> H5File::integer_attribute(const std::string& object,
                                                      const std::string& name) const {
  const H5Lock lock;
  return state_->number_attribute<std::int64_t>(object, name, H5Kind::kInteger);
}

std::optional<double> H5File::real_attribute(const std::string& object,
                                             const std::string& name) const {
  const H5Lock lock;
  return state_->number_attribute<double>(object, name, H5Kind::kReal);
}

template void H5File::read(const std::string&, std::uint64_t, std::span<double>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<float>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::int64_t>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::int32_t>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::uint16_t>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::uint8_t>) const;
template std::vector<double> H5File::read_all(const std::string&) const;
template std::vector<float> H5File::read_all(const std::string&) const;
template std::vector<std::int64_t> H5File::read_all(const std::string&) const;
template std::vector<std::int32_t> H5File::read_all(const std::string&) const;
template std::vector<std::uint16_t> H5File::read_all(const std::string&) const;

}  // namespace tessera::io
