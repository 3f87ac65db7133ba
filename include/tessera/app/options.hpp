/// \file
/// From the command line and a configuration file to the members of a job.
#pragma once

#include <fmt/format.h>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tessera/app/job.hpp"
#include "tessera/base/error.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::app {

/// An option with a value, bound to `member`, whose present value is the default that --help shows.
/// T: std::string, a 64-bit or smaller integer, double.
template <typename T>
[[nodiscard]] boost::program_options::typed_value<T>* value_of(T& member, const char* value_name) {
  // the shortest text that reads back as the same number, which lexical_cast does not give
  return boost::program_options::value(&member)
      ->value_name(value_name)
      ->default_value(member, fmt::format("{}", member));
}

/// An option without a value: absent or present (in a configuration file: true or false).
[[nodiscard]] boost::program_options::typed_value<bool>* flag(bool& member);

/// What a command line asks for, apart from the values that went to the members.
struct Request {
  bool help = false;
  std::string effective_config;  ///< all options as --config takes them back
  std::vector<std::pair<std::string, std::string>> files;  ///< "--name" and path, where given
};

/// "max_iterations" as it stands on the command line: "--max-iterations".
[[nodiscard]] std::string option_name(std::string_view field);

/// A text about a field (or about none) as a user of the command line reads it: "segments 0: ..."
/// about "segments" becomes "--segments 0: ..."; to another text the option's name is added: "...
/// (--segments)".
[[nodiscard]] std::string with_option(const std::string& text, std::string_view about);
[[nodiscard]] std::string message_of(const Error& error);

/// The text of `tessera JOB --help`: every option with its default, grouped.
[[nodiscard]] std::string job_help(Job& job);

/// Collective (the root rank reads the configuration file). Sets the members of `job` and `common`
/// from `arguments`, which follow the job's name, and from the file that --config names; the
/// command line wins. Throws kUsage for what stands on the command line, kConfig for what stands in
/// the file, naming the option, the file and the line, and what was probably meant.
Request parse_options(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                      Job& job, CommonOptions& common);

}  // namespace tessera::app
