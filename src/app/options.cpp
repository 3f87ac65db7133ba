#include "tessera/app/options.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <list>
#include <map>
#include <set>
#include <sstream>

#include "app/config_file.hpp"
#include "tessera/app/ini.hpp"
#include "tessera/app/job.hpp"
#include "tessera/base/text.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

constexpr const char* kCommonGroup = "Options of every job";

// These mean something on the command line only.
bool is_for_command_line_only(const std::string& name) {
  return name == "help" || name == "config" || name == "dump-config";
}

// One letter for what is typed often.
std::string with_letter(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kLetters = {
      {{"output", 'o'}, {"segments", 'k'}, {"quiet", 'q'}, {"verbose", 'v'}, {"help", 'h'}}};
  const auto* const at =
      std::ranges::find(kLetters, name, &std::pair<std::string_view, char>::first);
  return at == kLetters.end() ? name : name + ',' + at->second;
}

Options all_options(Job& job, CommonOptions& common, bool& help) {
  Options options;
  job.list_options(options);
  options.group(kCommonGroup).add(common).add(help, {.name = "help", .help = "show this"});
  return options;
}

// As Boost parses and shows them.
po::options_description described(const Options& options) {
  std::list<po::options_description> groups;
  std::string title;
  for (const Option& option : options.all()) {
    if (groups.empty() || option.group != title) {
      title = option.group;
      groups.emplace_back(title);
    }
    po::value_semantic* const semantic = option.is_flag
                                             ? static_cast<po::value_semantic*>(po::bool_switch())
                                             : po::value<std::string>()
                                                   ->value_name(std::string(option.field.value))
                                                   ->default_value(option.text());
    groups.back().add_options()(with_letter(option.name).c_str(), semantic,
                                std::string(option.field.help).c_str());
  }
  po::options_description all;
  for (const po::options_description& group : groups) {
    all.add(group);
  }
  return all;
}

std::vector<std::string> names_of(const Options& options, bool in_file) {
  std::vector<std::string> names;
  for (const Option& option : options.all()) {
    if (!in_file || !is_for_command_line_only(option.name)) {
      names.push_back(in_file ? option.name : "--" + option.name);
    }
  }
  return names;
}

struct Given {
  const Option* option = nullptr;
  std::string text;
  std::string shown;  // where it stands, for messages
};

void set(const Given& given, ExitCode code) {
  if (!given.option->read(given.text)) {
    fail(code, "{} takes {}, not '{}'", given.shown, given.option->kind, given.text);
  }
  try {
    given.option->check();
  } catch (const Error& error) {
    if (code == ExitCode::kUsage) {
      throw;
    }
    throw Error(code,
                given.shown + std::string(error.what()).substr(given.option->field.name.size()));
  }
}

std::vector<Given> read_command_line(const Options& options,
                                     const std::vector<std::string>& arguments, const Job& job) {
  namespace style = po::command_line_style;
  const po::options_description description = described(options);
  std::vector<po::option> parsed;
  try {
    parsed = po::command_line_parser(arguments)
                 .options(description)
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
  std::vector<Given> all;
  bool positional_used = false;
  for (const po::option& one : parsed) {
    std::string name = one.string_key;
    if (name.empty()) {
      if (job.positional().empty() || positional_used) {
        fail(ExitCode::kUsage,
             "'{}' stands alone: an option with its value looks like --name VALUE (tessera {} "
             "--help)",
             one.value.front(), job.name());
      }
      positional_used = true;
      name = job.positional();
    }
    // Boost knows an option by its letter, too
    const Option* const option = options.find(description.find(name, false).long_name());
    all.push_back({option, one.value.empty() ? "true" : one.value.front(), "--" + option->name});
  }
  std::set<const Option*> seen;
  for (const Given& given : all) {
    if (!seen.insert(given.option).second && !given.option->repeats) {
      fail(ExitCode::kUsage, "{} is given more than once", given.shown);
    }
  }
  return all;
}

using Places = std::map<std::string, std::string>;

Places set_from_config(const Options& options, const std::string& text, const std::string& path) {
  std::set<const Option*> seen;
  Places places;
  for (const IniEntry& entry : parse_ini(text, path)) {
    const std::string shown = fmt::format("{}: line {}: '{}'", path, entry.line, entry.key);
    if (!entry.section.empty()) {
      if (!options.take_entry()) {
        fail(ExitCode::kConfig, "{}: this job uses no sections such as '[{}]'; remove it", shown,
             entry.section);
      }
      options.take_entry()(entry, path);
      continue;
    }
    const Option* const option = options.find(entry.key);
    if (option == nullptr) {
      fail(ExitCode::kConfig, "{} is not an option of this job{}", shown,
           did_you_mean(entry.key, names_of(options, true)));
    }
    if (is_for_command_line_only(entry.key)) {
      fail(ExitCode::kConfig, "{} belongs on the command line", shown);
    }
    if (!seen.insert(option).second && !option->repeats) {
      fail(ExitCode::kConfig, "{} is given more than once", shown);
    }
    set({option, entry.value, shown}, ExitCode::kConfig);
    places.emplace(option->field.name, shown);
  }
  return places;
}

std::string effective_config(const Options& options, const Job& job) {
  std::string text = fmt::format("# tessera {}\n", job.name());
  for (const Option& option : options.all()) {
    if (is_for_command_line_only(option.name)) {
      continue;
    }
    const std::vector<std::string> values =
        option.repeats ? option.values() : std::vector<std::string>{option.text()};
    for (const std::string& value : values) {
      text += fmt::format("{} = {}\n", option.name, ini_value(value));
    }
  }
  return text + options.sections_text();
}

// What a job was told, for programs: not how it was to be shown.
nlohmann::json values_of(const Options& options) {
  nlohmann::json values = nlohmann::json::object();
  for (const Option& option : options.all()) {
    if (option.group != kCommonGroup || option.name == "seed") {
      values[std::string(option.field.name)] = option.json();
    }
  }
  if (nlohmann::json sections = options.sections_json(); !sections.is_null()) {
    values["column_sections"] = std::move(sections);
  }
  return values;
}

// The options whose value is called FILE, FILE.h5, ...
std::vector<std::pair<std::string, std::string>> files_of(const Options& options) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const Option& option : options.all()) {
    const std::string path = option.text();
    if (option.field.value.starts_with("FILE") && !path.empty()) {
      files.emplace_back("--" + option.name, path);
    }
  }
  return files;
}

}  // namespace

Options& Options::add_untyped(std::string& member, const Field& field,
                              std::function<void()> check) {
  add(member, field);
  options_.back().check = std::move(check);
  options_.back().json = [&member]() -> nlohmann::json {
    nlohmann::json number = nlohmann::json::parse(member, nullptr, false);
    return number.is_number() ? number : nlohmann::json(member);
  };
  return *this;
}

Options& Options::add_repeated(std::vector<std::string>& member, const Field& field) {
  add(member, field);
  Option& option = options_.back();
  option.repeats = true;
  option.read = [&member](std::string_view text) {
    member.emplace_back(text);
    return true;
  };
  option.clear = [&member] { member.clear(); };
  option.values = [&member] { return member; };
  return *this;
}

const Option* Options::find(std::string_view name) const {
  const auto at = std::ranges::find(options_, name, &Option::name);
  return at == options_.end() ? nullptr : &*at;
}

std::string Options::dashed(std::string_view field) {
  std::string name(field);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string with_option(const std::string& text, std::string_view about) {
  if (about.empty()) {
    return text;
  }
  const std::string option = "--" + Options::dashed(about);
  return text.starts_with(std::string(about) + " ") ? option + text.substr(about.size())
                                                    : text + " (" + option + ")";
}

Error placed(const Error& error, const Request& request) {
  const auto place = request.in_config.find(error.about());
  if (error.code() != ExitCode::kUsage || place == request.in_config.end()) {
    return error;
  }
  const std::string text = error.what();
  return {ExitCode::kConfig, text.starts_with(error.about() + " ")
                                 ? place->second + text.substr(error.about().size())
                                 : fmt::format("{} ({})", text, place->second)};
}

std::string message_of(const Error& error) { return with_option(error.what(), error.about()); }

std::string job_help(Job& job) {
  CommonOptions common;
  bool help = false;
  std::ostringstream text;
  const std::string positional = job.positional().empty() ? "" : " [" + job.positional() + "]";
  text << "tessera " << job.name() << ": " << job.summary() << "\n\nUsage: tessera " << job.name()
       << positional << " [options]\n"
       << described(all_options(job, common, help));
  return text.str();
}

Request parse_options(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                      Job& job, CommonOptions& common) {
  Request request;
  const Options options = all_options(job, common, request.help);
  const std::vector<Given> given = read_command_line(options, arguments, job);
  const auto find = [&](std::string_view name) {
    return std::ranges::find_if(given, [&](const Given& one) { return one.option->name == name; });
  };
  if (find("help") != given.end()) {
    request.help = true;
    return request;
  }
  if (const auto config = find("config"); config != given.end()) {
    request.in_config = set_from_config(options, read_config(comm, config->text), config->text);
  }
  for (const Given& one : given) {
    if (one.option->repeats) {
      one.option->clear();
    }
  }
  for (const Given& one : given) {
    set(one, ExitCode::kUsage);
    request.in_config.erase(std::string(one.option->field.name));
  }
  request.effective_config = effective_config(options, job);
  request.values = values_of(options);
  request.files = files_of(options);
  return request;
}

}  // namespace tessera::app
