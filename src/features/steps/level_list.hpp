/// \file
/// Lists of levels in the arguments of steps: "low,mid,high", in double quotes, with a backslash
/// before a comma, a quote or a backslash of a level's own. Private to src/features/steps.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::features {

[[nodiscard]] inline std::string join_levels(std::span<const std::string> levels) {
  std::string text = "\"";
  for (const std::string& level : levels) {
    text += text.size() == 1 ? "" : ",";
    for (const char c : level) {
      text += c == ',' || c == '"' || c == '\\' ? "\\" : "";
      text += c;
    }
  }
  return text + "\"";
}

/// Spaces about a level are left out. Nothing where the text is no such list.
[[nodiscard]] inline std::optional<std::vector<std::string>> split_levels(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return std::nullopt;
  }
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> levels(1);
  std::size_t kept = 0;  // of the last level, however many spaces follow
  const auto end_level = [&] { levels.back().resize(kept); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size();
    if (text[i] == '"' || (text[i] == '\\' && !escaped)) {
      return std::nullopt;
    }
    if (text[i] == ',') {
      end_level();
      levels.emplace_back();
      kept = 0;
      continue;
    }
    i += escaped ? 1 : 0;
    if (escaped || text[i] != ' ') {
      levels.back() += text[i];
      kept = levels.back().size();
    } else if (!levels.back().empty()) {
      levels.back() += ' ';
    }
  }
  end_level();
  return levels;
}

}  // namespace tessera::features
