/// \file
/// Texts of others (names, values, paths), as people may be shown them.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace tessera {

/// `text` with what would act on a terminal or a log, or hide there, in plain letters: control
/// characters and bytes that are no UTF-8 as \x1b, invisible characters that end lines or change
/// the direction of writing as \u202e. What is visible stays as it is, and so does what this
/// function made.
[[nodiscard]] std::string visible(std::string_view text);

/// The same of several lines, but for their ends (line feeds).
[[nodiscard]] std::string visible_lines(std::string_view text);

/// fmt::format(), but for texts among `args`, which are made visible(): no value begins a line of
/// its own. For messages; what programs read has the values as they are.
template <typename... Args>
[[nodiscard]] std::string visible_format(fmt::format_string<Args...> format, Args&&... args) {
  [[maybe_unused]] const auto shown = []<typename T>(const T& value) {
    if constexpr (std::convertible_to<const T&, std::string_view>) {
      return std::tuple<std::string>(visible(value));
    } else {
      return std::tuple<const T&>(value);
    }
  };
  const auto all = std::tuple_cat(shown(args)...);
  return std::apply(
      [&](const auto&... values) { return fmt::vformat(format, fmt::make_format_args(values...)); },
      all);
}

}  // namespace tessera
