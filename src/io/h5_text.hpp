/// \file
/// Strings as HDF5 hands them over. Private to src/io/h5_*.cpp.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace tessera::io {

/// A string of fixed length without its padding.
[[nodiscard]] std::string_view unpadded(const char* at, std::size_t width, H5T_str_t padding);

/// Strings that HDF5 allocated, to be given back to it.
class VariableStrings {
 public:
  VariableStrings(std::size_t count, hid_t type, hid_t space)
      : strings_(count, nullptr), type_(type), space_(space) {}
  VariableStrings(const VariableStrings&) = delete;
  VariableStrings& operator=(const VariableStrings&) = delete;
  ~VariableStrings() { H5Dvlen_reclaim(type_, space_, H5P_DEFAULT, strings_.data()); }

  [[nodiscard]] void* data() { return strings_.data(); }
  [[nodiscard]] std::string_view at(std::size_t i) const {
    return strings_[i] == nullptr ? std::string_view() : std::string_view(strings_[i]);
  }

 private:
  std::vector<char*> strings_;
  hid_t type_;
  hid_t space_;
};

}  // namespace tessera::io
