#include "tessera/app/options.hpp"

#include <algorithm>
#include <boost/any.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <typeinfo>

#include "tessera/app/ini.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

// These mean something on the command line only.
bool is_for_command_line_only(const std::string& name) {
  return name == "help" || name == "config" || name == "dump-config";
}

po::options_description common_options(CommonOptions& common, bool& help) {
  po::options_description options("Options of every job");
  auto add = options.add_options();
  add("config", value_of(common.config, "FILE"),
      "take options from FILE, lines of 'name = value'; the command line wins");
  add("dump-config", flag(common.dump_config),
      "print the options in effect, as --config reads them");
  add("dry-run", flag(common.dry_run),
      "check everything and say what would be done; write nothing");
  add("seed", value_of(common.seed, "N"), "where all random choices start from");
  add("json", flag(common.json), "print one JSON object on stdout, and nothing else there");
  add("quiet,q", flag(common.quiet), "warnings and errors only");
  add("verbose,v", flag(common.verbose), "more details");
  add("log-file", value_of(common.log_file, "FILE"), "append the log, with all details, to FILE");
  add("help,h", flag(help), "show this");
  return options;
}

po::options_description all_options(Job& job, CommonOptions& common, bool& help) {
  po::options_description options;
  job.add_options(options);
  options.add(common_options(common, help));
  return options;
}

std::vector<std::string> names_of(const po::options_description& options, bool in_file) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) {
    if (!in_file || !is_for_command_line_only(option->long_name())) {
      names.push_back(in_file ? option->long_name() : "--" + option->long_name());
    }
  }
  return names;
}

const std::type_info& type_of(const po::option_description& option) {
  const auto* typed = dynamic_cast<const po::typed_value_base*>(option.semantic().get());
  return typed != nullptr ? typed->value_type() : typeid(std::string);
}

bool is_unsigned(const std::type_info& type) {
  return type == typeid(std::uint64_t) || type == typeid(std::uint32_t);
}

std::string kind_of_value(const std::type_info& type) {
  if (is_unsigned(type)) {
    return "a whole number, 0 or more";
  }
  if (type == typeid(std::int64_t) || type == typeid(std::int32_t)) {
    return "a whole number";
  }
  if (type == typeid(bool)) {
    return "true or false";
  }
  return type == typeid(double) ? "a number" : "another value";
}

// Stores one option given as text; nothing is printed as Boost words it, so that both sources of
// options sound alike.
void store_one(const po::options_description& options, const po::option& given,
               po::variables_map& values, ExitCode code, const std::string& shown) {
  const po::option_description& option = options.find(given.string_key, false);
  const std::string text = given.value.empty() ? std::string{} : given.value.front();
  const std::type_info& type = type_of(option);
  // lexical_cast takes "-1" for the largest unsigned number
  const bool negative = is_unsigned(type) && text.starts_with('-');
  try {
    if (!negative) {
      po::parsed_options one(&options);
      one.options.push_back(given);
      po::store(one, values);
      return;
    }
  } catch (const po::multiple_occurrences&) {
    fail(code, "{} is given more than once", shown);
  } catch (const po::error&) {
    // said below
  }
  fail(code, "{} takes {}, not '{}'", shown, kind_of_value(type), text);
}

void store_command_line(const po::options_description& options,
                        const std::vector<std::string>& arguments, const Job& job,
                        po::variables_map& values) {
  namespace style = po::command_line_style;
  std::vector<po::option> given;
  try {
    given = po::command_line_parser(arguments)
                .options(options)
                .style(style::unix_style & ~style::allow_guessing)
                .run()
                .options;
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    fail(ExitCode::kUsage, "there is no option {}{} (tessera {} --help lists them all)", name,
         did_you_mean(name, names_of(options, false)), job.name());
  } catch (const po::error& error) {
    fail(ExitCode::kUsage, "{} (tessera {} --help)", error.what(), job.name());
  }
  bool positional_used = false;
  for (po::option& option : given) {
    if (option.string_key.empty()) {
      if (job.positional().empty() || positional_used) {
        fail(ExitCode::kUsage,
             "'{}' stands alone: an option with its value looks like --name VALUE (tessera {} "
             "--help)",
             option.value.front(), job.name());
      }
      positional_used = true;
      option.string_key = job.positional();
    }
    const std::string shown = "--" + options.find(option.string_key, false).long_name();
    if (values.count(option.string_key) != 0 && !values[option.string_key].defaulted()) {
      fail(ExitCode::kUsage, "{} is given more than once", shown);
    }
    store_one(options, option, values, ExitCode::kUsage, shown);
  }
}

// Only the root rank looks at the file, so that a thousand ranks do not; the text goes to all.
std::string read_config(const comm::Communicator& comm, const std::string& path) {
  std::string text;
  comm.together([&] {
    if (!comm.is_root()) {
      return;
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      fail(ExitCode::kConfig, "{}: is a folder, not a configuration file", path);
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      fail(ExitCode::kConfig, "{}: cannot read the configuration file: {}", path,
           std::strerror(errno));
    }
    std::ostringstream content;
    content << file.rdbuf();
    text = content.str();
  });
  return comm.broadcast(text, 0);
}

void store_config(const po::options_description& options, const std::string& text,
                  const std::string& path, po::variables_map& values) {
  // one map for the file alone first: a name that stands twice in it is a mistake even if the
  // command line overrides both
  po::variables_map seen;
  for (const IniEntry& entry : parse_ini(text, path)) {
    const std::string shown = fmt::format("{}: line {}: '{}'", path, entry.line, entry.key);
    const po::option_description* option = options.find_nothrow(entry.key, false);
    if (option == nullptr || option->long_name() != entry.key) {
      fail(ExitCode::kConfig, "{} is not an option of this job{}", shown,
           did_you_mean(entry.key, names_of(options, true)));
    }
    if (is_for_command_line_only(entry.key)) {
      fail(ExitCode::kConfig, "{} belongs on the command line", shown);
    }
    if (seen.count(entry.key) != 0 && !seen[entry.key].defaulted()) {
      fail(ExitCode::kConfig, "{} is given more than once", shown);
    }
    const po::option given(entry.key, {entry.value});
    store_one(options, given, seen, ExitCode::kConfig, shown);
    store_one(options, given, values, ExitCode::kConfig, shown);
  }
}

std::string value_text(const boost::any& value) {
  if (const auto* text = boost::any_cast<std::string>(&value)) {
    return ini_value(*text);
  }
  if (const auto* real = boost::any_cast<double>(&value)) {
    return fmt::format("{}", *real);
  }
  if (const auto* truth = boost::any_cast<bool>(&value)) {
    return *truth ? "true" : "false";
  }
  if (const auto* number = boost::any_cast<std::uint64_t>(&value)) {
    return fmt::format("{}", *number);
  }
  if (const auto* number = boost::any_cast<std::int64_t>(&value)) {
    return fmt::format("{}", *number);
  }
  if (const auto* number = boost::any_cast<std::uint32_t>(&value)) {
    return fmt::format("{}", *number);
  }
  return fmt::format("{}", boost::any_cast<std::int32_t>(value));
}

std::string effective_config(const po::options_description& options, const Job& job,
                             const po::variables_map& values) {
  std::string text = fmt::format("# tessera {}\n", job.name());
  for (const auto& option : options.options()) {
    const std::string& name = option->long_name();
    if (!is_for_command_line_only(name) && values.count(name) != 0) {
      text += fmt::format("{} = {}\n", name, value_text(values[name].value()));
    }
  }
  return text;
}

// The options whose value is called FILE, FILE.h5, ...
std::vector<std::pair<std::string, std::string>> files_of(const po::options_description& options,
                                                          const po::variables_map& values) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& option : options.options()) {
    const std::string& name = option->long_name();
    if (option->semantic()->name().starts_with("FILE") && values.count(name) != 0) {
      if (const auto& path = values[name].as<std::string>(); !path.empty()) {
        files.emplace_back("--" + name, path);
      }
    }
  }
  return files;
}

}  // namespace

po::typed_value<bool>* flag(bool& member) { return po::bool_switch(&member); }

std::string option_name(std::string_view field) {
  std::string name = "--" + std::string(field);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string with_option(const std::string& text, std::string_view about) {
  if (about.empty()) {
    return text;
  }
  const std::string option = option_name(about);
  return text.starts_with(std::string(about) + " ") ? option + text.substr(about.size())
                                                    : text + " (" + option + ")";
}

std::string message_of(const Error& error) { return with_option(error.what(), error.about()); }

std::string job_help(Job& job) {
  CommonOptions common;
  bool help = false;
  std::ostringstream text;
  const std::string positional = job.positional().empty() ? "" : " [" + job.positional() + "]";
  text << "tessera " << job.name() << ": " << job.summary() << "\n\nUsage: tessera " << job.name()
       << positional << " [options]\n"
       << all_options(job, common, help);
  return text.str();
}

Request parse_options(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                      Job& job, CommonOptions& common) {
  Request request;
  const po::options_description options = all_options(job, common, request.help);
  po::variables_map values;
  store_command_line(options, arguments, job, values);
  if (values["help"].as<bool>()) {
    request.help = true;
    return request;
  }
  if (values.count("config") != 0 && !values["config"].defaulted()) {
    const auto& path = values["config"].as<std::string>();
    store_config(options, read_config(comm, path), path, values);
  }
  po::parsed_options none(&options);
  po::store(none, values);  // the defaults of options given nowhere
  po::notify(values);
  request.effective_config = effective_config(options, job, values);
  request.files = files_of(options, values);
  return request;
}

}  // namespace tessera::app
