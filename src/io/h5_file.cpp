#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "io/h5_state.hpp"
#include "tessera/base/error.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {

bool is_h5(const Bytes& bytes) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1A\n";
  constexpr std::uint64_t kSmallestUserBlock = 512;
  for (std::uint64_t at = 0; at < bytes.size(); at = at == 0 ? kSmallestUserBlock : 2 * at) {
    std::array<char, kSignature.size()> found{};
    if (bytes.read_at(at, found) == found.size() &&
        std::string_view(found.data(), found.size()) == kSignature) {
      return true;
    }
  }
  return false;
}

H5File::H5File(const std::string& path, bool trusted) : H5File(InputFile(path), trusted) {}

H5File::H5File(InputFile file, bool trusted)
    : state_(std::make_unique<State>(std::move(file), trusted)) {
  const H5Lock lock;
  const std::string& path = state_->path;
  h5_start();
  if (state_->bytes->size() == 0) {
    fail(ExitCode::kBadData, "{} is empty (0 bytes), not an HDF5 file", path);
  }
  state_->reading("the description of what it holds", [&] {
    if (!is_h5(*state_->bytes)) {
      fail(ExitCode::kBadData, "{} is not an HDF5 file", path);
    }
    const H5Handle access = h5_access(state_->medium);
    state_->file = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose};
    if (!state_->file) {
      state_->medium.rethrow();
      const std::string reason = h5_reason();
      fail(ExitCode::kBadData, "{} is {} ({}); copy or create it again", path,
           reason.starts_with("truncated") ? "a truncated HDF5 file" : "a damaged HDF5 file",
           reason);
    }
  });
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

bool H5File::is_trusted() const { return state_->medium.trusted(); }

const std::string& H5File::path() const { return state_->path; }

void H5File::check_unchanged() const { state_->bytes->check_unchanged(); }

bool H5File::is_sealed() const { return state_->sealed() != nullptr; }

std::uint64_t H5File::verify(int part, int parts) const {
  const SealedBytes* const sealed = state_->sealed();
  if (sealed == nullptr) {
    return 0;
  }
  const H5Lock lock;
  const SealLayout& layout = sealed->layout();
  const comm::Share blocks = comm::share_of(layout.blocks(), part, parts);
  std::uint64_t compared = 0;
  for (std::uint64_t block = blocks.first; block < blocks.first + blocks.count; ++block) {
    try {
      sealed->verify(block);
    } catch (const Damage& damage) {
      state_->fail_damaged(state_->object_at(damage.begin, damage.end), damage);
    }
    compared += layout.block_bytes(block);
  }
  return compared;
}

bool H5File::has_group(const std::string& name) const {
  return state_->reading(name, [&] { return state_->has(name, H5I_GROUP); });
}

bool H5File::has_dataset(const std::string& name) const {
  return state_->reading(name, [&] { return state_->has(name, H5I_DATASET); });
}

H5Dataset H5File::dataset(const std::string& name) const {
  return state_->reading(name, [&] { return state_->open(name).description; });
}

std::vector<H5Dataset> H5File::datasets(const std::string& group) const {
  return state_->reading(group, [&] {
    std::vector<H5Dataset> all;
    for (const std::string& name : state_->children(group, H5I_DATASET)) {
      all.push_back(state_->open(child_of(group, name)).description);
    }
    return all;
  });
}

std::vector<std::string> H5File::groups(const std::string& group) const {
  return state_->reading(group, [&] { return state_->children(group, H5I_GROUP); });
}

std::uint64_t H5File::address(const std::string& object) const {
  return state_->reading(object, [&] {
    const H5Handle opened = state_->object(object);
    const std::optional<H5Identity> identity = h5_identity(opened.get());
    if (!identity) {
      state_->fail_to_read(object);
    }
    return identity->address;
  });
}

template <typename T>
void H5File::read(const std::string& name, std::uint64_t first, std::span<T> out) const {
  state_->reading(name, [&] {
    const State::Open& from = state_->open_rows(name, first, out.size(), {});
    if (!from.offset || !from.stored ||
        !read_stored(*state_->bytes, *from.offset + first * from.description.element_bytes,
                     *from.stored, out)) {
      state_->read(name, first, out.size(), {}, h5_native_type<T>(), out.data());
    }
  });
}

void H5File::read_matrix_columns(const std::string& name, std::span<const std::size_t> columns,
                                 std::uint64_t first,
                                 std::span<const std::span<double>> out) const {
  if (columns.empty()) {
    return;
  }
  state_->reading(name, [&] {
    const State::Open& from = state_->open_rows(name, first, out[0].size(), columns);
    const std::uint64_t width = from.description.shape[1];
    if (from.offset && from.stored &&
        read_stored_columns(*state_->bytes,
                            *from.offset + first * width * from.description.element_bytes,
                            *from.stored, width, columns, out)) {
      return;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      state_->read(name, first, out[i].size(), {columns[i]}, h5_native_type<double>(),
                   out[i].data());
    }
  });
}

std::vector<H5Field> H5File::fields(const std::string& name) const {
  return state_->reading(name, [&] {
    std::vector<H5Field> all;
    for (const H5Record::Member& member : state_->record(name).members) {
      all.push_back(member.field);
    }
    return all;
  });
}

template <typename T>
void H5File::read_places(std::span<const H5Place> places, std::uint64_t first,
                         std::span<const std::span<T>> out) const {
  if (places.empty()) {
    return;
  }
  const std::string& name = places[0].dataset;
  state_->reading(name, [&] {
    const State::Open& from = state_->open(name);
    const std::size_t dimensions = from.description.shape.size();
    const bool is_usual = from.stored && std::ranges::none_of(places, [](const H5Place& place) {
                            return place.across || place.field != 0;
                          });
    if (is_usual && dimensions == 1) {
      for (const std::span<T> values : out) {
        read(name, first, values);
      }
      return;
    }
    if constexpr (std::is_same_v<T, double>) {
      if (is_usual && dimensions == 2) {
        std::vector<std::size_t> columns;
        for (const H5Place& place : places) {
          columns.push_back(place.element);
        }
        read_matrix_columns(name, columns, first, out);
        return;
      }
    }
    state_->read_places(places, first, out);
  });
}

template <typename T>
std::vector<T> H5File::read_all(const std::string& name) const {
  return state_->reading(name, [&] {
    const State::Open& from = state_->open_whole(name);
    std::vector<T> values(from.elements);
    const bool as_stored =
        from.offset && from.stored &&
        read_stored(*state_->bytes, *from.offset, *from.stored, std::span(values));
    if (!values.empty() && !as_stored) {
      state_->read_elements(name, from, h5_native_type<T>(), H5S_ALL, H5S_ALL, values.data());
    }
    return values;
  });
}

std::vector<std::string> H5File::read_all_text(const std::string& name) const {
  const std::uint64_t count =
      state_->reading(name, [&] { return state_->open_whole(name).elements; });
  return read_text(name, 0, count);
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
  state_->reading(name, [&] { state_->read_text(name, first, count, take); });
}

void H5File::read_text(const H5Place& place, std::uint64_t first, std::uint64_t count,
                       const TakeText& take) const {
  state_->reading(place.dataset, [&] { state_->read_text(place, first, count, take); });
}

bool H5File::has_attribute(const std::string& object, const std::string& name) const {
  return state_->reading(object + "@" + name, [&] {
    return H5Aexists_by_name(state_->file.get(), object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
  });
}

std::optional<std::string> H5File::text_attribute(const std::string& object,
                                                  const std::string& name) const {
  return state_->reading(object + "@" + name, [&] { return state_->text_attribute(object, name); });
}

std::optional<std::vector<std::string>> H5File::texts_attribute(const std::string& object,
                                                                const std::string& name) const {
  return state_->reading(object + "@" + name,
                         [&] { return state_->texts_attribute(object, name); });
}

std::optional<std::int64_t> H5File::integer_attribute(const std::string& object,
                                                      const std::string& name) const {
  return state_->reading(object + "@" + name, [&] {
    return state_->number_attribute<std::int64_t>(object, name, H5Kind::kInteger);
  });
}

std::optional<double> H5File::real_attribute(const std::string& object,
                                             const std::string& name) const {
  return state_->reading(object + "@" + name, [&] {
    return state_->number_attribute<double>(object, name, H5Kind::kReal);
  });
}

template void H5File::read(const std::string&, std::uint64_t, std::span<double>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<float>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::int64_t>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::int32_t>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::uint16_t>) const;
template void H5File::read(const std::string&, std::uint64_t, std::span<std::uint8_t>) const;
template void H5File::read_places(std::span<const H5Place>, std::uint64_t,
                                  std::span<const std::span<double>>) const;
template void H5File::read_places(std::span<const H5Place>, std::uint64_t,
                                  std::span<const std::span<std::int64_t>>) const;
template std::vector<double> H5File::read_all(const std::string&) const;
template std::vector<float> H5File::read_all(const std::string&) const;
template std::vector<std::int64_t> H5File::read_all(const std::string&) const;
template std::vector<std::int32_t> H5File::read_all(const std::string&) const;
template std::vector<std::uint16_t> H5File::read_all(const std::string&) const;

}  // namespace tessera::io
