// The order of columns that are not known before the rows.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {

// Rows may leave columns out, and have them in several orders. That of the table is a function of
// what the rows are and not of which comes first: where they agree, and one has all, it is theirs.
void Reading::agree_on_columns() {
  if (!files_.front()->format().names().empty()) {
    return;  // known from the beginning
  }
  std::vector<std::uint64_t> numbers;
  std::string names;
  for (const Seen& seen : seen_) {
    numbers.insert(numbers.end(),
                   {seen.file, seen.line, seen.place, seen.array.file, seen.array.line});
    names.append(seen.name.text).push_back('\0');
  }
  numbers = comm_.all_gather(numbers);
  struct Found {
    std::uint64_t place = 0;
    std::string name;
    std::uint64_t file = 0;
    std::uint64_t line = 0;
    FirstArray array;
  };
  std::vector<Found> all;
  std::unordered_map<std::string, std::size_t> at_name;
  const std::uint64_t* number = numbers.data();
  for (const std::string& packed : comm_.all_gather_strings(names)) {
    for (std::size_t at = 0; at < packed.size(); at = packed.find('\0', at) + 1) {
      const std::string name = packed.substr(at, packed.find('\0', at) - at);
      const auto [known, is_new] = at_name.try_emplace(name, all.size());
      if (is_new) {
        all.push_back({number[2], name, number[0], number[1], {}});
      }
      Found& found = all[known->second];
      found.place = std::max(found.place, number[2]);
      std::tie(found.file, found.line) =
          std::min(std::tuple(found.file, found.line), std::tuple(number[0], number[1]));
      found.array = std::min(found.array, FirstArray{number[3], number[4]});
      number += 5;
    }
  }
  std::ranges::sort(all, {}, [](const Found& found) { return std::tie(found.place, found.name); });
  std::vector<Seen> ordered;
  std::unordered_map<std::string, std::size_t> by_name;
  for (const Found& found : all) {
    by_name.emplace(found.name, ordered.size());
    Seen& seen = seen_[column_called({found.name, true}, found.file, found.line)];
    fill_up(seen);
    seen.array = found.array;
    ordered.push_back(std::move(seen));
  }
  if (ordered.size() > kMostFoundColumns) {
    fail(ExitCode::kBadData, "{}: there are too many different keys for a table ({})",
         files_.front()->name(), ordered.size());
  }
  seen_ = std::move(ordered);
  by_name_ = std::move(by_name);
}

}  // namespace tessera::table
