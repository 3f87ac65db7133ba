#include "table/text/column_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "table/values/utf8.hpp"

namespace tessera::table {
namespace {

std::string clean_name(const std::string& cell) {
  std::string name = is_utf8(cell) ? cell : utf8_from_windows_1252(cell);
  std::ranges::replace_if(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }, ' ');
  return name;
}

// One per column, empty where there is none.
std::vector<std::string> clean_names(const std::vector<std::string>& header,
                                     Layout::Unnamed unnamed, std::vector<std::string>& notes) {
  std::vector<std::string> names;
  std::ranges::transform(header, std::back_inserter(names), clean_name);
  if (!std::ranges::all_of(header, is_utf8)) {
    notes.emplace_back("the names of the columns are not in UTF-8, read as Windows-1252");
  }
  if (unnamed == Layout::Unnamed::kFirst) {
    names.insert(names.begin(), "");
    notes.emplace_back(
        "the rows have one field more than the header, the first one, as R writes them");
  } else if (unnamed == Layout::Unnamed::kLast) {
    names.emplace_back();
    notes.emplace_back(
        "the rows have one field more than the header, the last one, which is empty");
  }
  return names;
}

}  // namespace

std::vector<ColumnName> names_in(const std::vector<std::string>& header, Layout::Unnamed unnamed,
                                 std::vector<std::string>& notes) {
  const std::vector<std::string> wanted = clean_names(header, unnamed, notes);
  const std::set<std::string> taken(wanted.begin(), wanted.end());
  std::set<std::string> used;
  const auto unused = [&](const std::string& name, std::size_t number) {
    std::string other = name;
    while (taken.contains(other) || used.contains(other)) {
      other = fmt::format("{}_{}", name, number++);
    }
    return other;
  };
  std::vector<ColumnName> names;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    ColumnName name{wanted[c], !wanted[c].empty()};
    if (wanted[c].empty()) {
      name.text = unused(fmt::format("column_{}", c + 1), 2);
    } else if (used.contains(wanted[c])) {
      name.text = unused(wanted[c], 2);
      notes.push_back(fmt::format("column {} is called '{}' like an earlier one; renamed '{}'",
                                  c + 1, wanted[c], name.text));
    }
    used.insert(name.text);
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<ColumnName> given_names(const std::vector<std::string>& names) {
  std::vector<ColumnName> given;
  given.reserve(names.size());
  for (const std::string& name : names) {
    given.push_back({name, true});
  }
  return given;
}

std::vector<ColumnName> numbered_names(std::size_t columns) {
  std::vector<ColumnName> names;
  for (std::size_t c = 1; c <= columns; ++c) {
    names.push_back({fmt::format("column_{}", c), false});
  }
  return names;
}

}  // namespace tessera::table
