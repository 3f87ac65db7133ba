#include "tessera/features/id_like.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <unordered_set>
#include <vector>

namespace tessera::features {
namespace {

constexpr double kNearlyAll = 0.95;
constexpr std::uint64_t kEnoughRows = 50;  // for values alone to say what a column is
constexpr std::uint64_t kSampled = 4096;

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// "CustomerID_2" -> customer, id, 2.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  char before = ' ';
  for (const char c : name) {
    const auto is = [](int (*kind)(int), char letter) {
      return kind(static_cast<unsigned char>(letter)) != 0;
    };
    const bool starts =
        (is(std::isupper, c) && is(std::islower, before)) || !is(std::isalnum, before);
    if (is(std::isalnum, c)) {
      if (starts || words.empty()) {
        words.emplace_back();
      }
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    before = c;
  }
  return words;
}

/// Collective.
bool are_whole(const comm::Communicator& comm, std::span<const double> values) {
  const bool mine = std::ranges::all_of(
      values, [](double value) { return std::isnan(value) || value == std::trunc(value); });
  return comm.all_min(mine ? 1.0 : 0.0) > 0;
}

std::uint64_t hash_of(double value) {  // the finaliser of splitmix64
  auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  bits = (bits ^ bits >> 30U) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ bits >> 27U) * 0x94D049BB133111EB;
  return bits ^ bits >> 31U;
}

/// Collective. Equal values are selected together, so that their share of the selected rows is that
/// of all.
bool nearly_all_differ(const comm::Communicator& comm, std::span<const double> values,
                       std::uint64_t known) {
  const std::uint64_t mask = std::bit_ceil(known / kSampled + 1) - 1;
  std::unordered_set<double> distinct;
  std::uint64_t rows = 0;
  for (const double value : values) {
    if (!std::isnan(value) && (hash_of(value) & mask) == 0) {
      ++rows;
      distinct.insert(value);
    }
  }
  rows = comm.all_sum(rows);
  std::vector<double> all = comm.all_gather(std::vector<double>(distinct.begin(), distinct.end()));
  std::ranges::sort(all);
  const auto differing = static_cast<double>(std::unique(all.begin(), all.end()) - all.begin());
  return rows > 0 && differing >= kNearlyAll * static_cast<double>(rows);
}

}  // namespace

bool is_named_like_id(std::string_view name) {
  constexpr std::array<std::string_view, 8> kIds = {"id",   "ids",   "uid",    "uuid",
                                                    "guid", "rowid", "rownum", "rownumber"};
  constexpr std::array<std::string_view, 7> kNumbers = {"id",  "no",     "nr",    "num",
                                                        "key", "number", "nummer"};
  constexpr std::array<std::string_view, 22> kWhose = {
      "customer",  "client", "user",    "member", "account", "acct",       "contact", "person",
      "household", "order",  "invoice", "card",   "loyalty", "subscriber", "visitor", "session",
      "device",    "record", "row",     "cust",   "kunden",  "transaction"};
  const std::vector<std::string> words = words_of(name);
  if (words.empty()) {
    return false;
  }
  if (is_one_of(kIds, words.back())) {
    return true;
  }
  std::string joined;
  for (const std::string& word : words) {
    joined += word;
  }
  return std::ranges::any_of(kWhose, [&](std::string_view whose) {
    return joined.starts_with(whose) && is_one_of(kNumbers, joined.substr(whose.size()));
  });
}

std::string why_id(const comm::Communicator& comm, std::string_view name,
                   std::span<const double> values, const numeric::Extremes& range,
                   std::uint64_t known) {
  if (is_named_like_id(name) && are_whole(comm, values)) {
    return "it is named like an id, and ids tell customers apart, not kinds of them";
  }
  const double width = range.greatest - range.least + 1;
  const auto rows = static_cast<double>(known);
  const bool dense = width >= kNearlyAll * rows && width <= 2 * rows;
  if (known >= kEnoughRows && dense && are_whole(comm, values) &&
      nearly_all_differ(comm, values, known)) {
    return "its whole numbers differ in every row, or nearly so, as an id's do";
  }
  return {};
}

std::string why_id(std::string_view name, std::size_t levels, std::uint64_t known) {
  const double share =
      static_cast<double>(levels) / static_cast<double>(std::max(known, std::uint64_t{1}));
  if (is_named_like_id(name) && share > 0.5) {
    return "it is named like an id, and ids tell customers apart, not kinds of them";
  }
  if (known >= kEnoughRows && share >= kNearlyAll) {
    return "its values differ in every row, or nearly so, as an id's do";
  }
  return {};
}

}  // namespace tessera::features
