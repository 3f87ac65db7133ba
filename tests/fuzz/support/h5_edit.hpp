// HDF5 files that differ from good ones in a few places, as the input says. Random bytes alone
// would do little: HDF5 keeps checksums of its own structures, and what is behind them is our
// concern.
#pragma once

#include <string>

#include "fuzz/support/fuzz.hpp"

namespace tessera::fuzz {

/// Makes up to eight changes to the file: a value, an object's or attribute's type, shape, or
/// existence. Its checksums are right again then. Equal choices make equal files.
void edit_h5(const std::string& path, Choices& choices);

}  // namespace tessera::fuzz
