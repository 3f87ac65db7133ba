#include <algorithm>
#include <filesystem>
#include <system_error>

#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/postgres.hpp"
#include "tessera/io/remote.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

/// The files of an input. What cannot be found is left to who opens it.
std::vector<std::string> files_of(const std::string& input) {
  try {
    return list_inputs(input);
  } catch (const Error&) {
    return {input};
  }
}

bool is_same_table(const std::string& one, const std::string& other) {
  const auto first = io::DatabaseAddress::of(one, "input");
  const auto second = io::DatabaseAddress::of(other, "output");
  return first.connection == second.connection && first.table == second.table;
}

/// Where a file is, or would be; empty if that cannot be known.
std::filesystem::path place_of(const std::string& file) {
  std::error_code error;
  try {
    const auto place = std::filesystem::absolute(io::follow_links(file), error);
    return error ? place : std::filesystem::weakly_canonical(place, error);
  } catch (const Error&) {
    return {};  // who creates it says why
  }
}

}  // namespace

bool is_same_file(const std::string& one, const std::string& other) {
  if (io::is_database(one) || io::is_database(other)) {
    return io::is_database(one) && io::is_database(other) && is_same_table(one, other);
  }
  if (io::is_remote(one) || io::is_remote(other)) {
    return one == other;
  }
  const std::string first = split_path(one).file;
  const std::string second = split_path(other).file;
  std::error_code error;
  if (std::filesystem::equivalent(first, second, error)) {
    return true;
  }
  // what does not exist yet is known by its place alone
  const auto place = place_of(first);
  return !place.empty() && place == place_of(second);
}

bool is_one_of(const std::string& input, const std::string& file) {
  return std::ranges::any_of(files_of(input),
                             [&](const std::string& one) { return is_same_file(one, file); });
}

void refuse_same_file(const std::string& input, const std::string& output, std::string_view field,
                      std::string_view what) {
  if (is_one_of(input, output)) {
    fail_about(field, ExitCode::kUsage, "{} {} is the {} itself; give another name", field, output,
               what);
  }
}

}  // namespace tessera::table
