/// \file
/// The options of a job: the fields of its structs, as the command line and configuration files set
/// them and as --help, --dump-config and JSON show them.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tessera/app/ini.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::app {

class Job;
struct CommonOptions;

/// One option, bound to a member.
struct Option {
  std::string name;  ///< "max-iterations"
  std::string group;
  Field field;
  std::string kind;      ///< what its value has to be
  bool is_flag = false;  ///< absent or present; in a configuration file true or false
  bool repeats = false;  ///< may be given several times, a value each
  std::function<bool(std::string_view)> read;  ///< see read_field()
  std::function<void()> check;                 ///< see check_field()
  std::function<std::string()> text;           ///< see field_text()
  std::function<nlohmann::json()> json;
  std::function<void()> clear = {};                       ///< of one that repeats: all values
  std::function<std::vector<std::string>()> values = {};  ///< likewise
};

/// Options in groups. What the members are when they are added are the defaults that --help shows.
/// The members outlive this.
class Options {
 public:
  /// The next options belong to the group called `title`.
  Options& group(std::string title) {
    group_ = std::move(title);
    return *this;
  }

  /// All fields of a struct.
  template <HasFields S>
  Options& add(S& self) {
    visit_fields(self, [this](auto& member, const Field& field) { this->add(member, field); });
    return *this;
  }

  /// One member.
  template <typename T>
  Options& add(T& member, const Field& field) {
    Option option;
    option.name = dashed(field.name);
    option.group = group_;
    option.field = field;
    option.kind = kind_of_field<T>(field);
    option.is_flag = std::is_same_v<T, bool>;
    option.read = [&member](std::string_view text) { return read_field(member, text); };
    option.check = [&member, field] { check_field(member, field); };
    option.text = [&member] { return field_text(member); };
    option.json = [&member]() -> nlohmann::json {
      if constexpr (HasChoices<T>) {
        return field_text(member);
      } else {
        return member;
      }
    };
    options_.push_back(std::move(option));
    return *this;
  }

  /// One whose kind and range `check` knows, which throws kUsage about the field: a text, which is
  /// a number in JSON if it is one.
  Options& add_untyped(std::string& member, const Field& field, std::function<void()> check);

  /// One that may be given several times, on the command line or on lines of a configuration file,
  /// where the command line's values stand for all of the file's.
  Options& add_repeated(std::vector<std::string>& member, const Field& field);

  /// Has the job take the entries of a configuration file's sections: take(entry, path), which
  /// throws kConfig; text() is what --dump-config prints of them, json() what "options" has under
  /// "column_sections". Without this there are none.
  using TakeEntry = std::function<void(const IniEntry& entry, const std::string& path)>;
  Options& sections(TakeEntry take, std::function<std::string()> text,
                    std::function<nlohmann::json()> json) {
    take_entry_ = std::move(take);
    sections_text_ = std::move(text);
    sections_json_ = std::move(json);
    return *this;
  }
  [[nodiscard]] const TakeEntry& take_entry() const { return take_entry_; }
  [[nodiscard]] std::string sections_text() const {
    return sections_text_ ? sections_text_() : std::string();
  }
  /// Null if there are none.
  [[nodiscard]] nlohmann::json sections_json() const {
    return sections_json_ ? sections_json_() : nlohmann::json();
  }

  [[nodiscard]] const std::vector<Option>& all() const { return options_; }
  /// The option called `name` ("max-iterations"); null if there is none.
  [[nodiscard]] const Option* find(std::string_view name) const;

  /// "max_iterations" as it stands on the command line, without the dashes in front.
  [[nodiscard]] static std::string dashed(std::string_view field);

 private:
  std::string group_;
  std::vector<Option> options_;
  TakeEntry take_entry_;
  std::function<std::string()> sections_text_;
  std::function<nlohmann::json()> sections_json_;
};

/// What a command line asks for, apart from the values that went to the members.
struct Request {  // NOLINT(bugprone-exception-escape): moving json throws nothing
  bool help = false;
  std::string effective_config;  ///< all options as --config takes them back
  nlohmann::json values;         ///< all options of the job and the seed, by field
  std::vector<std::pair<std::string, std::string>> files;  ///< "--name" and path, where given
  std::map<std::string, std::string> in_config;  ///< fields set there: "a.ini: line 3: 'scale'"
};

/// The error of a value that cannot be as kConfig, and with its place, if the value stands in the
/// configuration file; another error as it is.
[[nodiscard]] Error placed(const Error& error, const Request& request);

/// A text about a field (or about none) as a user of the command line reads it: "segments 0: ..."
/// about "segments" becomes "--segments 0: ..."; to another text the option's name is added:
/// "... (--segments)".
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
