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

/// True if both name one file, whether it exists yet or not; an object behind the file's name
/// (`file.h5:/group`) does not count.
[[nodiscard]] bool is_same_file(const std::string& one, const std::string& other);

/// True if `file` is one of those that `input` names (table::list_inputs).
[[nodiscard]] bool is_one_of(const std::string& input, const std::string& file);

/// Throws kUsage about `field` if its value `output` is one of the files that `input`
/// names: a job never writes over its data.
void refuse_same_file(const std::string& input, const std::string& output,
                      std::string_view field = "output", std::string_view what = "input");

/// Collective. Bytes of a file that was written, which the root rank looks up. Throws kIo.
[[nodiscard]] std::uint64_t file_bytes(const comm::Communicator& comm, const std::string& path);

/// Throws kUsage about `field` if its value is empty.
void require(std::string_view field, const std::string& value);

}  // namespace tessera::app
