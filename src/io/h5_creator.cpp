#include <algorithm>
#include <cstring>

#include "io/h5_driver.hpp"
#include "io/h5_handle.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {
namespace {

// Without time stamps the same content gives the same bytes.
H5Handle without_times(hid_t kind) {
  H5Handle properties(H5Pcreate(kind), H5Pclose);
  H5Pset_obj_track_times(properties.get(), false);
  return properties;
}

void track_order(const H5Handle& properties) {
  H5Pset_link_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
}

}  // namespace

struct H5Creator::State {
  H5ImageMedium image;
  H5Handle file;

  explicit State(const std::string& name) : image(name) {}

  /// Of what HDF5 returned: an identifier, or whether it went well.
  void check(hid_t result) {
    image.rethrow();
    if (result < 0) {
      fail(ExitCode::kIo, "cannot write {}: {}", image.name(), h5_reason());
    }
  }

  [[nodiscard]] H5Handle own(hid_t id, H5Handle::Close close) {
    check(id);
    return {id, close};
  }

  [[nodiscard]] H5Handle space(const std::vector<std::uint64_t>& shape) {
    const std::vector<hsize_t> extent(shape.begin(), shape.end());
    return own(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
  }

  [[nodiscard]] H5Handle dataset(const std::string& name, const H5Handle& type,
                                 const std::vector<std::uint64_t>& shape) {
    const H5Handle properties = without_times(H5P_DATASET_CREATE);
    H5Pset_layout(properties.get(), H5D_CONTIGUOUS);
    H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER);
    return own(H5Dcreate2(file.get(), name.c_str(), type.get(), space(shape).get(), H5P_DEFAULT,
                          properties.get(), H5P_DEFAULT),
               H5Dclose);
  }

  void attribute(const std::string& object, const std::string& name, const H5Handle& type,
                 const void* value) {
    const H5Handle scalar = own(H5Screate(H5S_SCALAR), H5Sclose);
    const H5Handle handle =
        own(H5Acreate_by_name(file.get(), object.c_str(), name.c_str(), type.get(), scalar.get(),
                              H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
            H5Aclose);
    check(H5Awrite(handle.get(), type.get(), value));
  }
};

namespace {

template <typename T>
constexpr H5Type kTypeOf = H5Type::kText;
template <>
constexpr H5Type kTypeOf<double> = H5Type::kFloat64;
template <>
constexpr H5Type kTypeOf<float> = H5Type::kFloat32;
template <>
constexpr H5Type kTypeOf<std::int64_t> = H5Type::kInt64;
template <>
constexpr H5Type kTypeOf<std::int32_t> = H5Type::kInt32;

}  // namespace

H5Creator::H5Creator(const std::string& name, std::uint64_t user_block)
    : state_(std::make_unique<State>(name)) {
  const H5Lock lock;
  h5_start();
  const H5Handle access = h5_access(state_->image);
  const H5Handle properties = without_times(H5P_FILE_CREATE);
  track_order(properties);
  H5Pset_userblock(properties.get(), user_block);
  state_->file =
      state_->own(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, properties.get(), access.get()), H5Fclose);
}

H5Creator::~H5Creator() {
  const H5Lock lock;
  state_.reset();
}

void H5Creator::group(const std::string& name) {
  const H5Lock lock;
  const H5Handle properties = without_times(H5P_GROUP_CREATE);
  track_order(properties);
  const H5Handle group = state_->own(
      H5Gcreate2(state_->file.get(), name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
      H5Gclose);
}

template <typename T>
void H5Creator::write(const std::string& name, std::span<const T> values,
                      std::vector<std::uint64_t> shape) {
  const H5Lock lock;
  if (shape.empty()) {
    shape = {values.size()};
  }
  const H5Handle dataset = state_->dataset(name, h5_file_type(kTypeOf<T>, 0), shape);
  if (!values.empty()) {
    state_->check(
        H5Dwrite(dataset.get(), h5_native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  }
}

void H5Creator::write_text(const std::string& name, std::span<const std::string> values) {
  const H5Lock lock;
  std::size_t width = 1;
  for (const std::string& value : values) {
    width = std::max(width, value.size());
  }
  std::vector<char> bytes(values.size() * width, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::ranges::copy(values[i], bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  const H5Handle type = h5_text_type(width);
  const H5Handle dataset = state_->dataset(name, type, {values.size()});
  if (!values.empty()) {
    state_->check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()));
  }
}

std::uint64_t H5Creator::reserve(const std::string& name, H5Type type, std::uint64_t count,
                                 std::size_t text_width) {
  const H5Lock lock;
  const H5Handle dataset = state_->dataset(name, h5_file_type(type, text_width), {count});
  if (count == 0) {
    return 0;
  }
  const haddr_t offset = H5Dget_offset(dataset.get());
  if (offset == HADDR_UNDEF) {
    fail(ExitCode::kIo, "cannot write {}: no space was allocated for {}", state_->image.name(),
         name);
  }
  return offset;
}

void H5Creator::attribute(const std::string& object, const std::string& name,
                          const std::string& value) {
  const H5Lock lock;
  // HDF5 has no strings of length zero; one NUL reads as empty.
  const H5Handle type = h5_text_type(std::max<std::size_t>(1, value.size()));
  state_->attribute(object, name, type, value.c_str());
}

void H5Creator::attribute(const std::string& object, const std::string& name, std::int64_t value) {
  const H5Lock lock;
  state_->attribute(object, name, h5_file_type(H5Type::kInt64, 0), &value);
}

void H5Creator::attribute(const std::string& object, const std::string& name, double value) {
  const H5Lock lock;
  state_->attribute(object, name, h5_file_type(H5Type::kFloat64, 0), &value);
}

std::uint64_t H5Creator::close(const Take& take) {
  const H5Lock lock;
  state_->check(H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL));
  state_->check(state_->file.reset() ? 0 : -1);
  const std::uint64_t end = state_->image.size();
  for (const auto& [page, bytes] : state_->image.pages()) {
    const std::uint64_t offset = page * H5ImageMedium::kPageBytes;
    if (offset < end) {
      take(offset, std::as_bytes(std::span(bytes))
                       .first(std::min<std::uint64_t>(bytes.size(), end - offset)));
    }
  }
  return end;
}

template void H5Creator::write(const std::string&, std::span<const double>,
                               std::vector<std::uint64_t>);
template void H5Creator::write(const std::string&, std::span<const float>,
                               std::vector<std::uint64_t>);
template void H5Creator::write(const std::string&, std::span<const std::int64_t>,
                               std::vector<std::uint64_t>);
template void H5Creator::write(const std::string&, std::span<const std::int32_t>,
                               std::vector<std::uint64_t>);

}  // namespace tessera::io
