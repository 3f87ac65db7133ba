#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "io/h5_handle.hpp"
#include "io/h5_stored.hpp"
#include "io/h5_text.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {
namespace {

constexpr std::uint64_t kTextsAtOnce = 16384;

[[noreturn]] void fail_to_read(const std::string& path, const std::string& name) {
  const std::string reason = h5_reason();
  // HDF5 tells a failed system call from a damaged file only by the errno in its message.
  const ExitCode code =
      reason.find("errno = ") != std::string::npos ? ExitCode::kIo : ExitCode::kBadData;
  fail(code, "cannot read {} in {}: the file is damaged or cannot be read ({})", name, path,
       reason);
}

H5Kind kind_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_ENUM:
      return H5Kind::kInteger;
    case H5T_FLOAT:
      return H5Kind::kReal;
    case H5T_STRING:
      return H5Kind::kText;
    default:
      return H5Kind::kOther;
  }
}

}  // namespace

struct H5File::State {
  struct Open {
    H5Handle dataset;
    H5Dataset description;
    std::optional<std::uint64_t> offset;  // of the first byte, where all lie in one piece
    std::optional<H5Stored> stored;
  };

  std::string path;
  InputFile bytes;
  H5Handle file;
  // Kept open, so that a compressed chunk that several reads touch is inflated once.
  std::map<std::string, Open> datasets;

  explicit State(const std::string& name) : path(name), bytes(name) {}

  [[nodiscard]] H5Handle object(const std::string& name) const {
    return {H5Oopen(file.get(), name.c_str(), H5P_DEFAULT), H5Oclose};
  }

  [[nodiscard]] bool has(const std::string& name, H5I_type_t kind) const {
    const H5Handle handle = object(name);
    return handle && H5Iget_type(handle.get()) == kind;
  }

  const Open& open(const std::string& name) {
    const auto known = datasets.find(name);
    if (known != datasets.end()) {
      return known->second;
    }
    H5Handle dataset(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset) {
      fail(ExitCode::kBadData, "{} has no dataset {}, or it is damaged ({})", path, name,
           h5_reason());
    }
    const H5Handle type(H5Dget_type(dataset.get()), H5Tclose);
    const H5Handle space(H5Dget_space(dataset.get()), H5Sclose);
    H5Dataset description{.name = name.substr(name.rfind('/') + 1),
                          .kind = kind_of(type.get()),
                          .element_bytes = H5Tget_size(type.get()),
                          .shape = {}};
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 0) {
      fail_to_read(path, name);
    }
    description.shape.resize(static_cast<std::size_t>(rank));
    std::vector<hsize_t> extent(description.shape.size());
    H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
    std::ranges::copy(extent, description.shape.begin());
    const auto offset = h5_contiguous_offset(dataset.get());
    const auto stored = h5_stored(type.get());
    return datasets.emplace(name, Open{std::move(dataset), std::move(description), offset, stored})
        .first->second;
  }

  // The dataset, once it is known to have rows [first, first + count), and the columns.
  const Open& open_rows(const std::string& name, std::uint64_t first, std::uint64_t count,
                        std::span<const std::size_t> columns) {
    const Open& from = open(name);
    const std::vector<std::uint64_t>& shape = from.description.shape;
    if (shape.size() != (columns.empty() ? 1U : 2U) || first > shape[0] ||
        count > shape[0] - first ||
        std::ranges::any_of(columns, [&](std::size_t column) { return column >= shape[1]; })) {
      fail(ExitCode::kBadData, "{} in {} does not hold rows {} to {}", from.description.name, path,
           first + 1, first + count);
    }
    return from;
  }

  // A selection of rows [first, first + count), at all columns or at one.
  static H5Handle rows(const Open& open, std::uint64_t first, std::uint64_t count,
                       const std::vector<hsize_t>& column) {
    H5Handle space(H5Dget_space(open.dataset.get()), H5Sclose);
    std::vector<hsize_t> start{first};
    std::vector<hsize_t> counts{count};
    if (!column.empty()) {
      start.push_back(column[0]);
      counts.push_back(1);
    }
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, counts.data(), nullptr);
    return space;
  }

  void read(const std::string& name, std::uint64_t first, std::uint64_t count,
            const std::vector<hsize_t>& column, hid_t memory_type, void* out) {
    if (count == 0) {
      return;
    }
    const Open& from = open(name);
    const H5Handle file_space = rows(from, first, count, column);
    const hsize_t length = count;
    const H5Handle memory_space(H5Screate_simple(1, &length, nullptr), H5Sclose);
    if (H5Dread(from.dataset.get(), memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT,
                out) < 0) {
      fail_to_read(path, name);
    }
  }

  [[nodiscard]] std::vector<std::string> children(const std::string& group, H5I_type_t kind) const {
    const H5Handle opened(H5Gopen2(file.get(), group.c_str(), H5P_DEFAULT), H5Gclose);
    if (!opened) {
      fail(ExitCode::kBadData, "{} has no group {}", path, group);
    }
    const H5Handle properties(H5Gget_create_plist(opened.get()), H5Pclose);
    unsigned tracked = 0;
    H5Pget_link_creation_order(properties.get(), &tracked);
    const H5_index_t index =
        (tracked & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    H5G_info_t info{};
    if (H5Gget_info(opened.get(), &info) < 0) {
      fail_to_read(path, group);
    }
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
      const auto name_at = [&](char* out, std::size_t size) {
        return H5Lget_name_by_idx(opened.get(), ".", index, H5_ITER_INC, i, out, size, H5P_DEFAULT);
      };
      const ssize_t length = name_at(nullptr, 0);
      if (length < 0) {
        fail_to_read(path, group);
      }
      std::string name(static_cast<std::size_t>(length), '\0');
      name_at(name.data(), name.size() + 1);
      // A link that leads nowhere is passed over.
      if (has((group.ends_with('/') ? group : group + "/") + name, kind)) {
        names.push_back(std::move(name));
      }
    }
    return names;
  }

  [[nodiscard]] H5Handle attribute(const std::string& object_name, const std::string& name) const {
    if (H5Aexists_by_name(file.get(), object_name.c_str(), name.c_str(), H5P_DEFAULT) <= 0) {
      return {};
    }
    return {
        H5Aopen_by_name(file.get(), object_name.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose};
  }

  template <typename T>
  [[nodiscard]] std::optional<T> number_attribute(const std::string& object_name,
                                                  const std::string& name, H5Kind kind) const {
    const H5Handle handle = attribute(object_name, name);
    if (!handle) {
      return std::nullopt;
    }
    const H5Handle type(H5Aget_type(handle.get()), H5Tclose);
    const H5Handle space(H5Aget_space(handle.get()), H5Sclose);
    T value{};
    if (kind_of(type.get()) != kind || H5Sget_simple_extent_npoints(space.get()) != 1 ||
        H5Aread(handle.get(), h5_native_type<T>(), &value) < 0) {
      return std::nullopt;
    }
    return value;
  }
};

H5File::H5File(const std::string& path) : state_(std::make_unique<State>(path)) {
  const H5Lock lock;
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

const std::string& H5File::path() const { return state_->path; }

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
  std::vector<std::string_view> texts(std::min(count, kTextsAtOnce));
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
template std::vector<double> H5File::read_all(const std::string&) const;
template std::vector<float> H5File::read_all(const std::string&) const;
template std::vector<std::int64_t> H5File::read_all(const std::string&) const;
template std::vector<std::int32_t> H5File::read_all(const std::string&) const;
template std::vector<std::uint16_t> H5File::read_all(const std::string&) const;

}  // namespace tessera::io
