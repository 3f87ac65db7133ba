/// \file
/// Small helpers that several jobs share.
#pragma once

#include <string>

#include "tessera/base/text.hpp"

namespace tessera::app {

/// True if both name one file, whether it exists yet or not; an object behind the file's name
/// (`file.h5:/group`) does not count.
[[nodiscard]] bool is_same_file(const std::string& one, const std::string& other);

/// Throws kUsage if `output`, the value of an option called `name`, is the very file that `input`
/// names: a job never writes over its data.
void refuse_same_file(const std::string& input, const std::string& output,
                      const std::string& name = "output");

/// Throws kUsage if the option that is called `name` is empty.
void require(const std::string& name, const std::string& value);

}  // namespace tessera::app
