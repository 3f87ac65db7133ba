/// \file
/// Options and values listed once. A struct lists its members in `fields`, and whoever sets, shows
/// or writes them visits that list: the command line, configuration files, JSON, the model file.
///
///     struct LloydOptions {
///       std::uint64_t max_iterations = 300;
///
///       template <typename Self, typename Visit>
///       static void fields(Self& self, Visit&& visit) {  // Self may be const
///         visit(self.max_iterations, Field{.name = "max_iterations", .value = "N",
///                                          .help = "limit of each run", .least = 1});
///       }
///     };
///
/// Members: bool, integers, double, std::string, std::vector<std::string> (a list of names), and
/// enumerations with Choices. What a member is initialised with is its default, everywhere.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera {

/// What is known of a member.
struct Field {
  std::string_view name;        ///< snake_case; dashes for underscores on the command line
  std::string_view value = {};  ///< what its value is called in help: "N", "FILE"
  std::string_view help = {};   ///< one line
  /// Range of a number. A double is to be finite in any case.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

/// One value of an enumeration and the word for it.
template <typename E>
struct Choice {
  E value;
  std::string_view name;
};

/// The values of an enumeration E, listed once in a specialisation:
///
///     template <>
///     struct Choices<Scale> {
///       static constexpr auto all = std::to_array<Choice<Scale>>({{Scale::kNone, "none"}, ...});
///     };
template <typename E>
struct Choices;

template <typename E>
concept HasChoices = std::is_enum_v<E> && requires {
  Choices<E>::all;
};

template <typename S>
concept HasFields = requires(S& self) {
  std::remove_const_t<S>::fields(self, [](auto&&...) {});
};

/// The word for a value; "?" for none of them.
template <HasChoices E>
[[nodiscard]] constexpr std::string_view to_text(E value) {
  for (const Choice<E>& choice : Choices<E>::all) {
    if (choice.value == value) {
      return choice.name;
    }
  }
  return "?";
}

/// "standard, minmax or none".
template <HasChoices E>
[[nodiscard]] std::string choices_text() {
  std::string text;
  const auto& all = Choices<E>::all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += i == 0 ? "" : i + 1 == all.size() ? " or " : ", ";
    text += all[i].name;
  }
  return text;
}

/// The value of a word. Throws kUsage about the field `name`, saying which words there are.
template <HasChoices E>
[[nodiscard]] E parse_choice(std::string_view word, std::string_view name = "value") {
  for (const Choice<E>& choice : Choices<E>::all) {
    if (choice.name == word) {
      return choice.value;
    }
  }
  fail_about(name, ExitCode::kUsage, "{} {}: expected {}", name, word, choices_text<E>());
}

/// A member's value as read_field() takes it back; numbers by their shortest such text.
template <typename T>
[[nodiscard]] std::string field_text(const T& member) {
  if constexpr (HasChoices<T>) {
    return std::string(to_text(member));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return join_names(member);
  } else {
    return fmt::format("{}", member);
  }
}

/// What a number has to be: "a whole number from 1 to 65534", "a number from 0 on".
template <typename T>
[[nodiscard]] std::string range_text(const Field& field) {
  if constexpr (std::integral<T>) {
    using Limits = std::numeric_limits<T>;
    const auto bound = [](double wanted, T widest, bool narrower) {
      return narrower ? static_cast<T>(wanted) : widest;
    };
    return fmt::format(
        "a whole number from {} to {}",
        bound(field.least, Limits::min(), field.least > static_cast<double>(Limits::min())),
        bound(field.most, Limits::max(), field.most < static_cast<double>(Limits::max())));
  } else {
    return std::isfinite(field.least) && std::isfinite(field.most)
               ? fmt::format("a number from {} to {}", field.least, field.most)
           : std::isfinite(field.least) ? fmt::format("a number from {} on", field.least)
           : std::isfinite(field.most)  ? fmt::format("a number of at most {}", field.most)
                                        : std::string("a finite number");
  }
}

/// What the text of such a member has to be: a number as of range_text(), "true or false".
template <typename T>
[[nodiscard]] std::string kind_of_field(const Field& field) {
  if constexpr (HasChoices<T>) {
    return choices_text<T>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return range_text<T>(field);
  } else {
    return "a text";
  }
}

/// Sets a member from text, whatever its range; false, and the member as it was, if the text is not
/// of its kind.
template <typename T>
[[nodiscard]] bool read_field(T& member, std::string_view text) {
  if constexpr (HasChoices<T>) {
    for (const Choice<T>& choice : Choices<T>::all) {
      if (choice.name == text) {
        member = choice.value;
        return true;
      }
    }
    return false;
  } else if constexpr (std::is_same_v<T, std::string>) {
    member = text;
    return true;
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    member = split_names(text);
    return true;
  } else if constexpr (std::is_same_v<T, bool>) {
    const bool yes = text == "true" || text == "yes" || text == "on" || text == "1";
    const bool no = text == "false" || text == "no" || text == "off" || text == "0";
    member = yes || (member && !no);
    return yes || no;
  } else {
    static_assert(std::is_arithmetic_v<T>, "a kind of member that fields do not know");
    if (text.starts_with('+') && !text.starts_with("+-")) {
      text.remove_prefix(1);
    }
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return false;
    }
    member = value;
    return true;
  }
}

/// Throws kUsage about the field if a number is not in its range.
template <typename T>
void check_field(const T& member, const Field& field) {
  if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
    const auto value = static_cast<double>(member);
    if (std::isfinite(value) && value >= field.least && value <= field.most) {
      return;
    }
    fail_about(field.name, ExitCode::kUsage, "{} {}: expected {}", field.name, member,
               range_text<T>(field));
  }
}

/// Calls visit(member, Field) for every field of `self`, in their order.
template <HasFields S, typename Visit>
void visit_fields(S& self, Visit&& visit) {
  std::remove_const_t<S>::fields(self, std::forward<Visit>(visit));
}

/// Throws kUsage about the first field that is not in its range: the check at an algorithm's door.
template <HasFields S>
void check_fields(const S& self) {
  visit_fields(self, [](const auto& member, const Field& field) { check_field(member, field); });
}

}  // namespace tessera
