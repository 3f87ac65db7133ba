#include "fuzz/support/h5_edit.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "fuzz/support/seal_again.hpp"

namespace tessera::fuzz {
namespace {

constexpr std::size_t kEdits = 8;
constexpr std::size_t kMostBytes = 1 << 16;  // of an object that is changed

/// Names of all objects below the root, sorted.
std::vector<std::string> objects_of(hid_t file) {
  std::vector<std::string> names;
  H5Ovisit2(
      file, H5_INDEX_NAME, H5_ITER_INC,
      [](hid_t, const char* name, const H5O_info_t*, void* out) -> herr_t {
        static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
      },
      &names, H5O_INFO_BASIC);
  return names;
}

std::vector<std::string> attributes_of(hid_t object) {
  std::vector<std::string> names;
  hsize_t at = 0;
  H5Aiterate2(
      object, H5_INDEX_NAME, H5_ITER_INC, &at,
      [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
        static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
      },
      &names);
  return names;
}

hid_t some_type(Choices& choices) {
  const std::array<hid_t, 8> numbers = {H5T_STD_I8LE,   H5T_STD_I32LE, H5T_STD_I64LE,
                                        H5T_STD_U16LE,  H5T_STD_U64LE, H5T_IEEE_F32LE,
                                        H5T_IEEE_F64LE, H5T_STD_I32BE};
  const std::size_t which = choices.below(numbers.size() + 2);
  if (which < numbers.size()) {
    return H5Tcopy(numbers[which]);
  }
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, which == numbers.size() ? 1 + choices.below(16) : H5T_VARIABLE);
  return text;
}

hid_t some_space(Choices& choices) {
  const std::size_t rank = choices.below(4);
  if (rank == 0) {
    return H5Screate(choices.below(4) == 0 ? H5S_NULL : H5S_SCALAR);
  }
  std::array<hsize_t, 3> extent{};
  for (std::size_t i = 0; i < rank; ++i) {
    extent[i] = choices.below(12);
  }
  return H5Screate_simple(static_cast<int>(rank), extent.data(), nullptr);
}

std::vector<char> some_bytes(std::size_t count, Choices& choices) {
  std::vector<char> bytes(count);
  for (char& byte : bytes) {
    byte = static_cast<char>(choices.byte());
  }
  return bytes;
}

bool is_flat(hid_t type) {
  return H5Tis_variable_str(type) <= 0 && H5Tget_class(type) != H5T_VLEN &&
         H5Tget_class(type) != H5T_COMPOUND;
}

/// Overwrites a few bytes of the values.
void change_values(hid_t dataset, Choices& choices) {
  const hid_t type = H5Dget_type(dataset);
  const hid_t space = H5Dget_space(dataset);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const std::size_t size =
      static_cast<std::size_t>(std::max<hssize_t>(0, count)) * H5Tget_size(type);
  if (size > 0 && size <= kMostBytes && is_flat(type)) {
    std::vector<char> values(size);
    H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    const std::size_t at = (choices.byte() * 256U + choices.byte()) % size;
    const std::vector<char> bytes = some_bytes(1 + choices.below(8), choices);
    std::copy_n(bytes.begin(), std::min(bytes.size(), size - at),
                values.begin() + static_cast<std::ptrdiff_t>(at));
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  H5Sclose(space);
  H5Tclose(type);
}

/// Another dataset in the place of the object.
void replace(hid_t file, const std::string& name, Choices& choices) {
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const hid_t type = some_type(choices);
  const hid_t space = some_space(choices);
  const hid_t dataset =
      H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  if (dataset >= 0) {
    change_values(dataset, choices);
    H5Dclose(dataset);
  }
  H5Sclose(space);
  H5Tclose(type);
}

void change_attribute(hid_t object, Choices& choices) {
  const std::vector<std::string> names = attributes_of(object);
  if (names.empty()) {
    return;
  }
  const std::string& name = names[choices.below(names.size())];
  H5Adelete(object, name.c_str());
  if (choices.below(4) == 0) {
    return;
  }
  const hid_t type = some_type(choices);
  const hid_t space = choices.below(4) == 0 ? some_space(choices) : H5Screate(H5S_SCALAR);
  const hid_t attribute = H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) {
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    if (count > 0 && is_flat(type)) {
      const std::vector<char> value =
          some_bytes(static_cast<std::size_t>(count) * H5Tget_size(type), choices);
      H5Awrite(attribute, type, value.data());
    }
    H5Aclose(attribute);
  }
  H5Sclose(space);
  H5Tclose(type);
}

void edit(hid_t file, const std::vector<std::string>& objects, Choices& choices) {
  const std::size_t what = choices.below(5);
  const std::string& name = objects[choices.below(std::min<std::size_t>(256, objects.size()))];
  if (what == 4 && name != ".") {
    H5Ldelete(file, name.c_str(), H5P_DEFAULT);
    return;
  }
  if (what == 3 && name != ".") {
    replace(file, name, choices);
    return;
  }
  const hid_t object = H5Oopen(file, name.c_str(), H5P_DEFAULT);
  if (object < 0) {  // deleted before
    return;
  }
  if (what < 2 && H5Iget_type(object) == H5I_DATASET) {
    change_values(object, choices);
  } else {
    change_attribute(object, choices);
  }
  H5Oclose(object);
}

}  // namespace

void edit_h5(const std::string& path, Choices& choices) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST);
  H5Pset_file_locking(access, false, true);
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, access);
  expect(file >= 0, "a seed file cannot be opened");
  const std::vector<std::string> objects = objects_of(file);
  for (std::size_t i = 0; i < kEdits && !choices.empty(); ++i) {
    edit(file, objects, choices);
  }
  H5Pclose(access);
  H5Fclose(file);
  seal_again(path);
}

}  // namespace tessera::fuzz
