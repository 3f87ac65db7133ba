#include "tessera/features/rows/id_keys.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tessera/base/text.hpp"
#include "tessera/features/rows/doubled_keys.hpp"

namespace tessera::features {
namespace {

constexpr std::uint64_t kPiece = 16'384;     // ids read at a time
constexpr double kExactIntegers = 0x1.0p53;  // below, a double holds every integer
constexpr std::uint64_t kNoKey = 0;          // a mixed one is hardly ever
constexpr std::size_t kLongestInteger = 24;  // characters

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

bool is_exact_integer(double value) {
  return std::fabs(value) < kExactIntegers && value == std::trunc(value);
}

std::uint64_t hash_integer(double value, std::uint64_t seed) {
  char text[kLongestInteger];
  const char* const end =
      std::to_chars(text, text + kLongestInteger, static_cast<std::int64_t>(value)).ptr;
  return hash_text({text, end}, seed);
}

/// The hashes of the ids of this rank's `rows` rows from `first` on.
std::vector<std::uint64_t> id_keys(const table::Table& table, const std::string& column,
                                   std::uint64_t first, std::uint64_t rows, std::uint64_t seed) {
  const std::size_t index = table.find(column);
  std::vector<std::uint64_t> keys(rows);
  for (std::uint64_t done = 0; done < rows; done += kPiece) {
    const std::uint64_t count = std::min(kPiece, rows - done);
    hash_values(table, index, first + done, seed, std::span(keys).subspan(done, count));
  }
  return keys;
}

/// Collective. Whether a row counts more than once.
bool stands_for_several(const comm::Communicator& comm, const FeatureRows& rows) {
  return rows.weighted() &&
         comm.all_max(std::accumulate(rows.masses().begin(), rows.masses().end(), numeric::Mass{0},
                                      [](auto a, auto b) { return std::max(a, b); })) > 1;
}

/// Collective. `keys`: of this rank's rows, from `first` on.
IdFaults faults_of(const comm::Communicator& comm, std::span<const std::uint64_t> keys,
                   std::uint64_t first, std::uint64_t none) {
  IdFaults faults;
  faults.missing = comm.all_sum(static_cast<std::uint64_t>(std::ranges::count(keys, none)));
  const DoubledKeys doubled = find_doubled(comm, keys, none);
  faults.doubled_ids = doubled.keys;
  faults.doubled_rows = doubled.rows;
  if (doubled.keys > 0) {
    std::tie(faults.first_row, faults.second_row) = first_two(comm, keys, doubled.example, first);
  }
  return faults;
}

}  // namespace

void hash_values(const table::Table& table, std::size_t column, std::uint64_t first,
                 std::uint64_t seed, std::span<std::uint64_t> out) {
  // whole numbers need not become strings first; they are written alike in a column of reals
  std::vector<double> numbers;
  bool whole = false;
  if (table.columns()[column].is_number()) {
    numbers.resize(out.size());
    table.read_numbers(column, first, numbers);
    whole = std::ranges::all_of(
        numbers, [](double value) { return std::isnan(value) || is_exact_integer(value); });
  }
  if (whole) {
    std::ranges::transform(numbers, out.begin(), [&](double value) {
      return std::isnan(value) ? hash_text({}, seed) : hash_integer(value, seed);
    });
    return;
  }
  const std::vector<std::string> text = table.read_text(column, first, out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = !numbers.empty() && is_exact_integer(numbers[i]) ? hash_integer(numbers[i], seed)
                                                              : hash_text(text[i], seed);
  }
}

std::uint64_t hash_of_none(std::uint64_t seed) { return hash_text({}, seed); }

IdFaults set_id_keys(const comm::Communicator& comm, const table::Table& table,
                     const std::string& column, std::uint64_t seed, FeatureRows& rows) {
  std::vector<std::uint64_t> keys;
  comm.together([&] { keys = id_keys(table, column, rows.first_row(), rows.rows(), seed); });
  const IdFaults faults = faults_of(comm, keys, rows.first_row(), hash_of_none(seed));
  const bool doubled = faults.missing > 1 || faults.doubled_ids > 0;
  // a row that counts twice has the key that it would have if it stood twice
  if (doubled || stands_for_several(comm, rows)) {
    for (std::uint64_t row = 0; row < keys.size(); ++row) {
      keys[row] = numeric::mix(keys[row] + rows.content_hash(row));
    }
    if (doubled && find_doubled(comm, keys, kNoKey).keys > 0) {
      rows.set_drawn_masses(masses_of_keys(comm, keys, rows.masses()));
    }
  }
  rows.set_keys(std::move(keys));
  return faults;
}

IdFaults find_id_faults(const comm::Communicator& comm, const table::Table& table,
                        const std::string& column, std::uint64_t seed) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  std::vector<std::uint64_t> keys;
  comm.together([&] { keys = id_keys(table, column, share.first, share.count, seed); });
  return faults_of(comm, keys, share.first, hash_of_none(seed));
}

std::string describe(const IdFaults& faults, const std::string& column) {
  std::string text;
  if (faults.doubled_ids > 0) {
    text = fmt::format(
        "{} of column \"{}\" stand{} in more than one row, {} rows in all, for "
        "example in rows {} and {}: each row counts as a customer",
        faults.doubled_ids == 1 ? "an id" : grouped(faults.doubled_ids) + " ids", column,
        faults.doubled_ids == 1 ? "s" : "", grouped(faults.doubled_rows),
        grouped(faults.first_row + 1), grouped(faults.second_row + 1));
  }
  if (faults.missing > 0) {
    text += text.empty() ? "" : "; ";
    text += fmt::format("{} row{} without an id in column \"{}\"", grouped(faults.missing),
                        faults.missing == 1 ? " is" : "s are", column);
  }
  return text;
}

}  // namespace tessera::features
