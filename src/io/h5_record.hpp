/// \file
/// What the records of a dataset consist of: members of a compound, values of an array, of a
/// matrix's row. Private to src/io/h5_*.cpp.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string>
#include <vector>

#include "io/h5_handle.hpp"
#include "tessera/io/h5.hpp"

namespace tessera::io {

struct H5Record {
  struct Member {
    H5Field field;
    H5Handle type;           // of one value: a number that HDF5 converts, or a string
    bool in_heap = false;    // it is what leads to a value (io/h5_heap.hpp)
    std::size_t offset = 0;  // of the first value, in the record
  };
  std::vector<Member> members;
  H5Handle type;          // of what is repeated in a record, as it stands in memory
  std::size_t bytes = 0;  // of a record in memory
  bool is_plain = true;   // it stands in the file as in memory
};

/// `type` is the dataset's, of which `across` make a record: 1, or the columns of a matrix.
[[nodiscard]] H5Record h5_record(hid_t type, std::uint64_t across);

/// The type of numbers by which values of `type` are read: that of an enumeration's values, whole
/// numbers for bits and for numpy's times. Nothing if they are no numbers.
[[nodiscard]] H5Handle h5_number_type(hid_t type);

}  // namespace tessera::io
