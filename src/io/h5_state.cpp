#include "io/h5_state.hpp"

#include <array>
#include <filesystem>
#include <system_error>

namespace tessera::io {
namespace {

/// HDF5's call for a number that no integer of the wanted kind is.
H5T_conv_ret_t refuse_other_number(H5T_conv_except_t what, hid_t /*from*/, hid_t /*to*/,
                                   void* /*number*/, void* /*out*/, void* refused) {
  if (what == H5T_CONV_EXCEPT_PRECISION || what == H5T_CONV_EXCEPT_TRUNCATE) {
    return H5T_CONV_UNHANDLED;
  }
  *static_cast<bool*>(refused) = true;
  return H5T_CONV_ABORT;
}

}  // namespace

H5Handle h5_strict_transfer(hid_t memory_type, bool& refused) {
  H5Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  if (H5Tget_class(memory_type) == H5T_INTEGER && H5Tget_sign(memory_type) == H5T_SGN_2) {
    H5Pset_type_conv_cb(transfer.get(), refuse_other_number, &refused);
  }
  return transfer;
}

void H5File::State::fail_other_number(const std::string& name, hid_t memory_type) {
  medium.rethrow();
  fail(ExitCode::kBadData,
       "{}: dataset '{}' has a number that is not an integer of {} bits with a sign, as it is "
       "used here; save ids as strings",
       path, name, 8 * H5Tget_size(memory_type));
}

std::string child_of(const std::string& group, const std::string& name) {
  return (group.ends_with('/') ? group : group + "/") + name;
}

void H5File::State::check_size(Open& open, const std::string& name) const {
  const std::uint64_t bytes_claimed = open.description.bytes();
  open.elements = bytes_claimed / std::max<std::size_t>(1, open.description.element_bytes);
  if (open.offset &&
      (bytes_claimed > bytes->size() || *open.offset > bytes->size() - bytes_claimed)) {
    fail(ExitCode::kBadData, "{} is damaged: {} claims to hold more than the file has", path, name);
  }
}

void H5File::State::check_other_files(const Open& open, const std::string& name) const {
  const H5Handle properties(H5Dget_create_plist(open.dataset.get()), H5Pclose);
  const bool is_virtual = H5Pget_layout(properties.get()) == H5D_VIRTUAL;
  if (!is_virtual && H5Pget_external_count(properties.get()) <= 0) {
    return;
  }
  if (!medium.trusted()) {
    fail_about("trust_input", ExitCode::kBadData,
               "{}: {} has its data in other files ({}), which are not read, since whoever made it "
               "could have any file read; trust the input if you know it, or copy the data into "
               "one file",
               path, name, is_virtual ? "a virtual dataset" : "external storage");
  }
  if (is_virtual) {
    check_sources(properties, name);
  }
}

// HDF5 takes a source that is missing for zeros, and goes round in circles where it is the dataset.
void H5File::State::check_sources(const H5Handle& properties, const std::string& name) const {
  std::size_t count = 0;
  H5Pget_virtual_count(properties.get(), &count);
  const auto text = [&](auto get, std::size_t i) {
    const ssize_t length = get(properties.get(), i, nullptr, 0);
    std::string value(static_cast<std::size_t>(std::max<ssize_t>(0, length)), '\0');
    get(properties.get(), i, value.data(), value.size() + 1);
    return value;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::string file_name = text(H5Pget_virtual_filename, i);
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const std::filesystem::path source =
        file_name == "." ? std::filesystem::path(path) : folder / file_name;
    std::error_code ignored;
    if (file_name.find('%') == std::string::npos && !std::filesystem::exists(source, ignored)) {
      fail(ExitCode::kNoInput, "{}: {} is a virtual dataset, whose source {} does not exist", path,
           name, source.string());
    }
    const std::string dataset_name = text(H5Pget_virtual_dsetname, i);
    if (std::filesystem::equivalent(source, path, ignored) &&
        (name == dataset_name || name == "/" + dataset_name)) {
      fail(ExitCode::kBadData, "{}: {} is a virtual dataset that consists of itself", path, name);
    }
  }
}

std::string H5File::State::object_at(std::uint64_t begin, std::uint64_t end) {
  std::string found;
  const auto visit = [&](const std::string& name) {
    const Open& candidate = open(name);
    const std::uint64_t first = candidate.offset.value_or(end);
    if (found.empty() && first < end && first + candidate.description.stored_bytes > begin) {
      found = name;
    }
  };
  try {
    std::vector<std::string> groups = {"/"};
    constexpr std::size_t kMostGroups = 1000;  // one may be linked into itself
    for (std::size_t i = 0; i < std::min(groups.size(), kMostGroups); ++i) {
      const std::string group = groups[i];
      for (const std::string& name : children(group, H5I_DATASET)) {
        visit(child_of(group, name));
      }
      for (const std::string& name : children(group, H5I_GROUP)) {
        groups.push_back(child_of(group, name));
      }
    }
  } catch (const std::exception&) {  // its description is damaged too
  }
  return found.empty() ? "the description of what it holds" : found;
}

std::vector<std::string> H5File::State::children(const std::string& group, H5I_type_t kind) {
  const H5Handle opened(H5Gopen2(file.get(), group.c_str(), H5P_DEFAULT), H5Gclose);
  if (!opened) {
    medium.rethrow();
    fail(ExitCode::kBadData, "{} has no group {}, or it is damaged ({})", path, group, h5_reason());
  }
  const H5Handle properties(H5Gget_create_plist(opened.get()), H5Pclose);
  unsigned tracked = 0;
  H5Pget_link_creation_order(properties.get(), &tracked);
  const H5_index_t index =
      (tracked & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  H5G_info_t info{};
  if (H5Gget_info(opened.get(), &info) < 0) {
    fail_to_read(group);
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
    H5L_info_t link{};
    if (length < 0 ||
        H5Lget_info_by_idx(opened.get(), ".", index, H5_ITER_INC, i, &link, H5P_DEFAULT) < 0) {
      fail_to_read(group);
    }
    std::string name(static_cast<std::size_t>(length), '\0');
    name_at(name.data(), name.size() + 1);
    const std::string path_of_child = child_of(group, name);
    const H5Handle child = object(path_of_child);
    if (child) {
      if (H5Iget_type(child.get()) == kind) {
        names.push_back(std::move(name));
      }
    } else if (link.type == H5L_TYPE_HARD) {
      fail_to_read(path_of_child);
    } else {
      medium.rethrow();  // a link to another file; one that leads nowhere is passed over
    }
  }
  return names;
}

void H5File::State::read_elements(const std::string& name, const Open& from, hid_t memory_type,
                                  hid_t memory_space, hid_t file_space, void* out) {
  bool refused = false;
  const H5Handle transfer = h5_strict_transfer(memory_type, refused);
  if (H5Dread(from.dataset.get(), memory_type, memory_space, file_space, transfer.get(), out) >=
      0) {
    return;
  }
  if (refused) {
    fail_other_number(name, memory_type);
  }
  check_packings(from, name);
  fail_to_read(name);
}

void H5File::State::check_packings(const Open& open, const std::string& name) const {
  const H5Handle properties(H5Dget_create_plist(open.dataset.get()), H5Pclose);
  const int packings = H5Pget_nfilters(properties.get());
  for (int i = 0; i < packings; ++i) {
    std::array<char, 64> its_name{};
    std::size_t values = 0;
    const H5Z_filter_t packing =
        H5Pget_filter2(properties.get(), static_cast<unsigned>(i), nullptr, &values, nullptr,
                       its_name.size() - 1, its_name.data(), nullptr);
    if (packing >= 0 && H5Zfilter_avail(packing) <= 0) {
      fail(ExitCode::kUnfit,
           "{}: {} is packed by the filter {}{}, which the HDF5 library here lacks; save it packed "
           "by gzip, or install the filter and name its folder in HDF5_PLUGIN_PATH",
           path, name, packing, its_name[0] == '\0' ? "" : fmt::format(" ({})", its_name.data()));
    }
  }
}

}  // namespace tessera::io
