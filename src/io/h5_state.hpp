// What an open H5File keeps, and how it finds and reads a dataset.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/h5_driver.hpp"
#include "io/h5_handle.hpp"
#include "io/h5_heap.hpp"
#include "io/h5_record.hpp"
#include "io/h5_stored.hpp"
#include "io/sealed/sealed_bytes.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {

/// What the elements of a type are.
[[nodiscard]] H5Kind h5_kind_of(hid_t type);
/// As H5Field has them.
[[nodiscard]] std::map<std::int64_t, std::string> h5_names_of(hid_t type);
[[nodiscard]] std::string h5_time_unit_of(hid_t type);

/// How HDF5 is to convert to numbers of a type in memory: what is no such signed integer fails, and
/// is `refused`, where HDF5 would put the nearest that is.
[[nodiscard]] H5Handle h5_strict_transfer(hid_t memory_type, bool& refused);

/// The path of what a group has under `name`.
[[nodiscard]] std::string child_of(const std::string& group, const std::string& name);

struct H5File::State {
  struct Open {
    H5Handle dataset;
    H5Dataset description;
    std::uint64_t elements = 0;
    std::optional<std::uint64_t> offset;  // of the first byte, where all lie in one piece
    std::optional<H5Stored> stored;
    std::optional<H5Record> record;
  };

  std::string path;
  std::unique_ptr<Bytes> bytes;
  H5ReadMedium medium;
  H5Handle file;
  // Kept open, so that a compressed chunk that several reads touch is inflated once.
  std::map<std::string, Open> datasets;
  std::optional<H5Heaps> heaps;  // once asked for

  State(InputFile opened, bool trusted)
      : path(opened.path()), bytes(checked(std::move(opened))), medium(*bytes, trusted) {}

  /// The checksums, where the file has some.
  [[nodiscard]] const SealedBytes* sealed() const {
    return dynamic_cast<const SealedBytes*>(bytes.get());
  }

  /// Runs `action`, which reads `object`, as the only one that calls HDF5. What HDF5 passed over
  /// because it could not be read is an error all the same.
  template <typename Action>
  auto reading(const std::string& object, const Action& action) {
    const H5Lock lock;
    try {
      if constexpr (std::is_void_v<decltype(action())>) {
        action();
        medium.rethrow();
      } else {
        auto result = action();
        medium.rethrow();
        return result;
      }
    } catch (const Damage& damage) {
      fail_damaged(object, damage);
    }
  }

  [[noreturn]] void fail_damaged(const std::string& object, const Damage& damage) const {
    bytes->check_unchanged();  // or someone writes to it just now
    fail(
        ExitCode::kBadData,
        "{} is damaged: {} (bytes {} to {}) is not what was written; create the file again or take "
        "it from a backup",
        path, object, damage.begin, damage.end);
  }

  /// After a call of HDF5 that failed.
  [[noreturn]] void fail_to_read(const std::string& object) {
    medium.rethrow();
    fail(ExitCode::kBadData, "cannot read {} in {}: the file is damaged ({})", object, path,
         h5_reason());
  }

  /// After a conversion to integers that was refused.
  [[noreturn]] void fail_other_number(const std::string& name, hid_t memory_type);

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
      medium.rethrow();
      fail(ExitCode::kBadData, "{} has no dataset {}, or it is damaged ({})", path, name,
           h5_reason());
    }
    const H5Handle type(H5Dget_type(dataset.get()), H5Tclose);
    const H5Handle space(H5Dget_space(dataset.get()), H5Sclose);
    Open opened{.description = {.name = name.substr(name.rfind('/') + 1),
                                .kind = h5_kind_of(type.get()),
                                .element_bytes = H5Tget_size(type.get()),
                                .shape = {}}};
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 0) {
      fail_to_read(name);
    }
    opened.description.shape.resize(static_cast<std::size_t>(rank));
    std::vector<hsize_t> extent(opened.description.shape.size());
    H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
    std::ranges::copy(extent, opened.description.shape.begin());
    opened.description.stored_bytes = H5Dget_storage_size(dataset.get());
    if (is_in_this_file(dataset.get())) {  // a link may lead into another
      opened.offset = h5_contiguous_offset(dataset.get());
    }
    opened.stored = h5_stored(type.get());
    opened.dataset = std::move(dataset);
    check_size(opened, name);
    check_other_files(opened, name);
    return datasets.emplace(name, std::move(opened)).first->second;
  }

  [[nodiscard]] bool is_in_this_file(hid_t object) const {
    const auto ours = h5_identity(file.get());
    const auto its = h5_identity(object);
    return ours && its && ours->file == its->file;
  }

  /// The records of a dataset of one dimension, or of two, whose rows they are.
  const H5Record& record(const std::string& name);
  /// Goes through rows of places of one dataset in pieces: take(rows before the piece, rows in it,
  /// the first byte of its first record, bytes from one to the next).
  using TakePiece = std::function<void(std::uint64_t, std::uint64_t, const char*, std::size_t)>;
  void read_records(const H5Place& place, std::uint64_t first, std::uint64_t count,
                    const TakePiece& take);
  template <typename T>
  void read_places(std::span<const H5Place> places, std::uint64_t first,
                   std::span<const std::span<T>> out);
  [[nodiscard]] const H5Record::Member& member(const H5Place& place);

  /// Throws kUnfit if a dataset is packed in a way that HDF5 cannot unpack here.
  void check_packings(const Open& open, const std::string& name) const;

  /// Counts the elements; refuses more than can be in the file.
  void check_size(Open& open, const std::string& name) const;
  /// Refuses data that lie in other files, unless the file is trusted and they are there.
  void check_other_files(const Open& open, const std::string& name) const;
  void check_sources(const H5Handle& properties, const std::string& name) const;

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
    read_elements(name, from, memory_type, memory_space.get(), file_space.get(), out);
  }

  /// As H5Dread, but strict (h5_strict_transfer).
  void read_elements(const std::string& name, const Open& from, hid_t memory_type,
                     hid_t memory_space, hid_t file_space, void* out);

  [[nodiscard]] std::vector<std::string> children(const std::string& group, H5I_type_t kind);

  void read_text(const std::string& name, std::uint64_t first, std::uint64_t count,
                 const TakeText& take);
  void read_text(const H5Place& place, std::uint64_t first, std::uint64_t count,
                 const TakeText& take);
  /// `count` texts of a dataset, from what leads to them, `step` bytes from one to the next.
  void take_heap_texts(const std::string& name, const char* places, std::uint64_t count,
                       std::size_t step, const TakeText& take);
  /// Refuses strings whose heaps are in another file.
  void check_heaps_of(const std::string& object, hid_t id, bool is_virtual) const;
  /// As H5Heaps::text(), of an object for messages.
  [[nodiscard]] std::string_view heap_text(const std::string& object, const char* place);
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& object_name,
                                                          const std::string& name);
  [[nodiscard]] std::optional<std::vector<std::string>> texts_attribute(
      const std::string& object_name, const std::string& name);

  /// A dataset that is read as a whole, once it is known to be in the file as a whole: memory is
  /// asked for what is there, not for what is claimed.
  const Open& open_whole(const std::string& name) {
    const Open& from = open(name);
    if (from.description.stored_bytes < from.description.bytes()) {
      fail(ExitCode::kBadData, "{} is damaged: {} claims to hold more than the file has", path,
           name);
    }
    return from;
  }

  /// The name, for a message, of what lies at these bytes.
  [[nodiscard]] std::string object_at(std::uint64_t begin, std::uint64_t end);

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
    if (h5_kind_of(type.get()) != kind || H5Sget_simple_extent_npoints(space.get()) != 1 ||
        H5Aread(handle.get(), h5_native_type<T>(), &value) < 0) {
      return std::nullopt;
    }
    return value;
  }
};

}  // namespace tessera::io
