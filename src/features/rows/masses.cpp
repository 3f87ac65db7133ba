#include "tessera/features/rows/masses.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "tessera/base/error.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

using numeric::Mass;

constexpr int kCoarsest = 0;  // whole numbers stay as they are
constexpr double kLeast = 1e-100;
constexpr double kMost = 1e100;  // times squared distances of prepared values, it fits a double

/// The exponent of the last bit of a number above 0 that is set.
int last_bit(double weight) {
  constexpr int kMantissaBits = 53;
  int exponent = 0;
  const double mantissa = std::frexp(weight, &exponent);
  auto bits = static_cast<std::uint64_t>(std::ldexp(mantissa, kMantissaBits));
  exponent -= kMantissaBits;
  for (; (bits & 1U) == 0; bits >>= 1U) {
    ++exponent;
  }
  return exponent;
}

std::string refuses(double weight) {
  return std::isnan(weight)   ? "the weight is missing"
         : std::isinf(weight) ? "the weight is infinite"
                              : fmt::format("the weight is {}", weight);
}

/// This rank's weights.
std::vector<double> read_weights(const table::Table& table, const std::string& name,
                                 const comm::Share& share) {
  const std::size_t column = table.find(name);
  const table::Column& found = table.columns()[column];
  if (!found.is_number()) {
    fail_about("weight", ExitCode::kBadData,
               "{}: column \"{}\" holds {} values, but weights are numbers; name another column",
               table.name(), name, table::to_string(found.type));
  }
  std::vector<double> weights;
  weights.reserve(share.count);
  table::for_each_piece(
      table, std::span(&column, 1), share.first, share.count,
      [&](std::size_t, std::uint64_t at, std::span<const double> piece) {
        const auto bad = std::ranges::find_if(piece, [](double weight) {
          return !(weight == 0 || (weight >= kLeast && weight <= kMost));
        });
        if (bad != piece.end()) {
          const auto row = static_cast<std::uint64_t>(bad - piece.begin());
          fail_about("weight", ExitCode::kBadData,
                     "{}: column \"{}\", row {}: {}; expected 0, or a number from 1e-100 to "
                     "1e100: mend it, or leave the row out",
                     table.name(), name, share.first + at + row + 1, refuses(*bad));
        }
        weights.insert(weights.end(), piece.begin(), piece.end());
      });
  return weights;
}

}  // namespace

double RowMasses::weight() const { return std::ldexp(static_cast<double>(total), exponent); }

RowMasses read_masses(const comm::Communicator& comm, const table::Table& table,
                      const std::string& column) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  std::vector<double> weights;
  comm.together([&] { weights = read_weights(table, column, share); });
  double largest = 0;
  int finest = kCoarsest;
  RowMasses masses;
  for (const double weight : weights) {
    if (weight > 0) {
      largest = std::max(largest, weight);
      finest = std::min(finest, last_bit(weight));
      ++masses.rows;
    }
  }
  masses.rows = comm.all_sum(masses.rows);
  if (masses.rows == 0) {
    fail_about("weight", ExitCode::kBadData,
               "{}: column \"{}\": all weights are 0; name another column", table.name(), column);
  }
  largest = comm.all_max(largest);
  finest = static_cast<int>(comm.all_min(std::int64_t{finest}));
  masses.exponent = std::max(finest, std::ilogb(largest) + 1 - numeric::kMassBits);
  masses.mine.reserve(weights.size());
  for (const double weight : weights) {
    const auto mass = static_cast<Mass>(std::llrint(std::ldexp(weight, -masses.exponent)));
    masses.mine.push_back(weight > 0 ? std::max<Mass>(mass, 1) : 0);
    masses.total += masses.mine.back();
  }
  masses.total = numeric::all_sum(comm, masses.total);
  return masses;
}

double total_weight(const comm::Communicator& comm, const FeatureRows& rows) {
  if (!rows.weighted()) {
    return static_cast<double>(comm.all_sum(rows.rows()));
  }
  numeric::Int128 sum = 0;
  for (const Mass mass : rows.masses()) {
    sum += mass;
  }
  return std::ldexp(static_cast<double>(numeric::all_sum(comm, sum)), rows.mass_exponent());
}

std::uint64_t rows_if_repeated(const comm::Communicator& comm, const FeatureRows& rows) {
  const double weight = total_weight(comm, rows);
  constexpr double kMost = 0x1.0p62;
  if (rows.weighted() && rows.mass_exponent() < 0) {
    return comm.all_sum(static_cast<std::uint64_t>(
        std::ranges::count_if(rows.masses(), [](Mass mass) { return mass > 0; })));
  }
  return static_cast<std::uint64_t>(std::min(weight, kMost));
}

Mass mass_of_one(const FeatureRows& rows) {
  return Mass{1} << std::clamp(-rows.mass_exponent(), 0, numeric::kMassBits);
}

double rows_stood_for(const comm::Communicator& comm, const FeatureRows& rows) {
  if (!rows.weighted()) {
    return static_cast<double>(comm.all_sum(rows.rows()));
  }
  const Mass one = mass_of_one(rows);
  numeric::Int128 sum = 0;
  for (const Mass mass : rows.masses()) {
    sum += mass > 0 ? std::max(mass, one) : 0;
  }
  return std::ldexp(static_cast<double>(numeric::all_sum(comm, sum)), rows.mass_exponent());
}

numeric::Extremes extremes_of_counted(std::span<const double> values,
                                      std::span<const numeric::Mass> masses) {
  if (masses.empty()) {
    return numeric::extremes_of(values);
  }
  numeric::Extremes range;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (masses[i] > 0) {
      range.add(values[i]);
    }
  }
  return range;
}

}  // namespace tessera::features
