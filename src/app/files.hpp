/// \file
/// Files that options name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::app {

// Options that several jobs have.
inline constexpr Field kInput{
    .name = "input",
    .value = "FILE",
    .help =
        "customers: text (.csv, .tsv, .txt), FILE.h5, FILE.h5:/GROUP of 1-D datasets, or "
        "FILE.h5:/MATRIX; - is standard input"};
inline constexpr Field kModel{
    .name = "model", .value = "FILE.h5", .help = "the model that 'tessera train' wrote"};

/// Collective. Bytes of a file that was written, which the root rank looks up. Throws kIo.
[[nodiscard]] std::uint64_t file_bytes(const comm::Communicator& comm, const std::string& path);

/// Throws kUsage about `field` if its value is empty.
void require(std::string_view field, const std::string& value);

}  // namespace tessera::app
