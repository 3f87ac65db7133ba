// What an open H5File keeps, and how it finds and reads a dataset.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/h5_handle.hpp"
#include "io/h5_stored.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {

/// What the elements of a type are.
[[nodiscard]] H5Kind h5_kind_of(hid_t type);

/// Throws for an object that could not be read: kIo if the system refused, else kBadData.
[[noreturn]] void fail_to_read(const std::string& path, const std::string& name);

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

  explicit State(InputFile opened) : path(opened.path()), bytes(std::move(opened)) {}

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
                          .kind = h5_kind_of(type.get()),
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
    description.stored_bytes = H5Dget_storage_size(dataset.get());
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
    if (info.nlinks > kMostObjects) {
      fail(ExitCode::kBadData, "{}: group {} holds {} objects, more than the {} that are looked at",
           path, group, info.nlinks, kMostObjects);
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
    if (h5_kind_of(type.get()) != kind || H5Sget_simple_extent_npoints(space.get()) != 1 ||
        H5Aread(handle.get(), h5_native_type<T>(), &value) < 0) {
      return std::nullopt;
    }
    return value;
  }
};

}  // namespace tessera::io
