/// \file
/// Configuration files: `name = value` lines with the names of the command-line options, and
/// sections below them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::app {

struct IniEntry {
  std::string section;  ///< `column age`, of the line [column age] above it; empty above the first
  std::string key;
  std::string value;
  std::size_t line = 0;  ///< counted from 1
};

/// Reads lines of the form `key = value` and `[section]`. Empty lines and those that begin with '#'
/// or ';' are skipped, and so is the rest of a line from a '#' that follows a space. A value in
/// double quotes is taken as it is, with the escapes \" \\ \t \n, and so is a name in a section's
/// line: [column "share ]# %"]. Throws kConfig naming `path` and the line, for a section without
/// lines too.
[[nodiscard]] std::vector<IniEntry> parse_ini(std::string_view text, const std::string& path);

/// A value as parse_ini() reads it back: in quotes where it needs them.
[[nodiscard]] std::string ini_value(const std::string& value);

}  // namespace tessera::app
