/// \file
/// A configuration to begin with, of what `tessera check` found.
#pragma once

#include <string>

#include "tessera/pipeline/check.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::app {

/// A commented configuration file for `tessera train --config`, which reads `input` as `read` has
/// it. What check() was asked stands in `options`.
[[nodiscard]] std::string suggested_config(const pipeline::CheckResult& found,
                                           const pipeline::CheckOptions& options,
                                           const std::string& input,
                                           const table::ReadOptions& read);

}  // namespace tessera::app
