#include "tessera/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace tessera {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? std::string_view{}
                                    : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string in_double_quotes(std::string_view text) {
  std::string quoted(1, '"');
  for (const char c : text) {
    quoted.append(c == '"' ? 2 : 1, c);
  }
  quoted += '"';
  return quoted;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest_first(std::string_view word, std::vector<std::string> candidates) {
  std::ranges::stable_sort(candidates, {}, [word](const std::string& candidate) {
    return edit_distance(word, candidate);
  });
  return candidates;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (candidates.empty()) {
    return {};
  }
  const std::string best = nearest_first(word, candidates).front();
  // one slip in three letters is a slip, more is another word; a beginning is meant to be finished
  const std::size_t slips = std::max<std::size_t>(1, word.size() / 3);
  const bool begins = word.size() >= 3;
  if (edit_distance(word, best) <= slips) {
    return fmt::format("; did you mean '{}'?", best);
  }
  const auto longer = std::ranges::find_if(
      candidates, [word](const std::string& candidate) { return candidate.starts_with(word); });
  return begins && longer != candidates.end() ? fmt::format("; did you mean '{}'?", *longer)
                                              : std::string{};
}

std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> names;
  std::string name;
  bool quoted = false;
  bool was_quoted = false;
  const auto finish = [&] {
    name = was_quoted ? name : std::string(trimmed(name));
    if (!name.empty()) {
      names.push_back(name);
    }
    name.clear();
    was_quoted = false;
  };
  for (const char c : list) {
    if (c == '"' && (quoted || trimmed(name).empty())) {
      if (!quoted) {
        name.clear();
      }
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted) {
      finish();
    } else if (quoted || !was_quoted) {
      name += c;
    }
  }
  finish();
  return names;
}

std::string join_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    const bool plain = name.find(',') == std::string::npos && name == trimmed(name);
    list += list.empty() ? "" : ",";
    list += plain ? name : '"' + name + '"';
  }
  return list;
}

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3; at -= 3) {
    text.insert(at - 3, 1, ',');
  }
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  constexpr double kStep = 1024;
  if (bytes < 1024) {
    return fmt::format("{} bytes", bytes);
  }
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, kUnits[unit]);
}

}  // namespace tessera
