#include "features/covariance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tessera/features/rows/masses.hpp"
#include "tessera/numeric/exact_sum.hpp"

namespace tessera::features {
namespace {

using numeric::ExactSum;

constexpr std::size_t kBlock = FeatureRows::kBlock;
constexpr std::size_t kMostBlocks = std::size_t{1} << 24U;  // in one part of a sum

/// Adds value_of(numbers of a block's features, row of the block) of all of this rank's rows.
template <typename ValueOf>
void add_rows(const FeatureRows& rows, ExactSum& sum, const ValueOf& value_of) {
  if (rows.weighted()) {
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      if (rows.counts(row)) {
        sum.add_mass(value_of(rows.numeric_block(row / kBlock), row % kBlock), rows.masses()[row]);
      }
    }
    return;
  }
  const std::size_t whole = rows.rows() / kBlock;
  const std::size_t stride = kBlock * rows.space().numeric;
  for (std::size_t first = 0; first < whole; first += kMostBlocks) {
    const std::size_t count = std::min(kMostBlocks, whole - first);
    ExactSum::Part part(sum);
    simd::vectorise([&, block = rows.numeric_block(first)]() TESSERA_INLINE {
      ExactSum::Part mine = part;  // in registers
      for (std::size_t b = 0; b < count; ++b) {
        for (std::size_t i = 0; i < kBlock; ++i) {
          mine.add(value_of(block + b * stride, i));
        }
      }
      part = mine;
    });
    sum.add(part, count * kBlock);
  }
  for (std::size_t i = 0; i < rows.rows() % kBlock; ++i) {
    sum.add(value_of(rows.numeric_block(whole), i));
  }
}

/// The largest distance of a value from its feature's mean.
std::vector<double> magnitudes(const comm::Communicator& comm, const FeatureRows& rows,
                               std::span<const std::size_t> columns,
                               std::span<const double> means) {
  std::vector<double> largest(columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      if (!rows.counts(row)) {
        continue;
      }
      const auto value = static_cast<double>(rows.number(row, columns[j]));
      largest[j] = std::max(largest[j], std::fabs(value - (means.empty() ? 0 : means[j])));
    }
  }
  comm.all_reduce(std::span<double>(largest), comm::Op::kMax);
  return largest;
}

double bound(double largest) { return std::max(largest, std::numeric_limits<double>::min()); }

}  // namespace

double Covariance::correlation(std::size_t i, std::size_t j) const {
  const double square = at(i, i) * at(j, j);
  return square > 0 ? at(i, j) / std::sqrt(square) : 0;
}

Covariance covariance(const comm::Communicator& comm, const FeatureRows& rows,
                      std::span<const std::size_t> columns) {
  const std::size_t count = columns.size();
  const double n = total_weight(comm, rows);
  const double stood_for = rows_stood_for(comm, rows);
  const double divisor = stood_for == n ? n - 1 : n * ((stood_for - 1) / stood_for);
  Covariance result;
  std::vector<double> largest = magnitudes(comm, rows, columns, {});
  std::vector<ExactSum> sums;
  for (std::size_t j = 0; j < count; ++j) {
    sums.emplace_back(bound(largest[j]), rows.weighted());
    add_rows(rows, sums.back(),
             [at = columns[j] * kBlock](const float* block, std::size_t i)
                 TESSERA_INLINE { return static_cast<double>(block[at + i]); });
  }
  ExactSum::all_reduce(comm, sums);
  for (const ExactSum& sum : sums) {
    result.means.push_back(sum.value(rows.mass_exponent()) / n);
  }

  largest = magnitudes(comm, rows, columns, result.means);
  sums.clear();
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      sums.emplace_back(bound(largest[j] * largest[k]), rows.weighted());
      add_rows(rows, sums.back(),
               [at = columns[j] * kBlock, other = columns[k] * kBlock, mean = result.means[j],
                other_mean = result.means[k]](const float* block, std::size_t i) TESSERA_INLINE {
                 return (static_cast<double>(block[at + i]) - mean) *
                        (static_cast<double>(block[other + i]) - other_mean);
               });
    }
  }
  ExactSum::all_reduce(comm, sums);
  result.matrix.resize(count * count);
  auto next = sums.begin();
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      const double value = (next++)->value(rows.mass_exponent()) / divisor;
      result.matrix[j * count + k] = result.matrix[k * count + j] = value;
    }
  }
  return result;
}

}  // namespace tessera::features
