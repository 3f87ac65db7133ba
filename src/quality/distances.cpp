#include "tessera/quality/distances.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tessera/numeric/aligned.hpp"

// The loop over rows is compiled for several instruction sets, and the loader takes the best. Not
// with sanitizers: they are not yet there when the loader asks which.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TESSERA_VECTOR_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define TESSERA_VECTOR_CLONES
#endif

namespace tessera::quality {
namespace {

using features::FeatureRows;
using features::kNoLevel;

constexpr std::size_t kBlock = FeatureRows::kBlock;

/// Squared distances of the numeric features and, in `unequal`, of the categories; then the root.
/// The lanes of a vector are rows, so that every instruction set computes the same bits.
TESSERA_VECTOR_CLONES
void block_distances(const float* values, std::size_t numeric, const std::uint16_t* codes,
                     std::size_t categories, const float* row_values,
                     const std::uint16_t* row_codes, double* out) {
  alignas(numeric::kAlignment) std::array<double, kBlock> squares{};
  alignas(numeric::kAlignment) std::array<std::uint16_t, kBlock> unequal{};
  for (std::size_t j = 0; j < numeric; ++j) {
    const auto value = static_cast<double>(row_values[j]);
    for (std::size_t i = 0; i < kBlock; ++i) {
      const double difference = static_cast<double>(values[j * kBlock + i]) - value;
      squares[i] += difference * difference;
    }
  }
  for (std::size_t c = 0; c < categories; ++c) {
    const std::uint16_t code = row_codes[c];
    // One dimension differs for each of the two that has a level, none if it is the same level.
    // Written as sums because conditions would keep the compiler from using vectors here.
    const std::uint16_t two = code == kNoLevel ? 1 : 2;
    const std::uint16_t one = code == kNoLevel ? 0 : 1;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::uint16_t its = codes[c * kBlock + i];
      unequal[i] =
          static_cast<std::uint16_t>(unequal[i] + (its != code) * two - (its == kNoLevel) * one);
    }
  }
  for (std::size_t i = 0; i < kBlock; ++i) {
    out[i] = std::sqrt(squares[i] + static_cast<double>(unequal[i]));
  }
}

}  // namespace

void distances(const FeatureRows& rows, std::size_t block, const float* numbers,
               const std::uint16_t* codes, BlockDistances out) {
  block_distances(rows.numeric_block(block), rows.space().numeric, rows.code_block(block),
                  rows.space().categories(), numbers, codes, out.data());
}

double distance_bound(const comm::Communicator& comm, const FeatureRows& rows) {
  const std::size_t numeric = rows.space().numeric;
  std::vector<double> low(numeric, std::numeric_limits<double>::infinity());
  std::vector<double> high(numeric, -std::numeric_limits<double>::infinity());
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t j = 0; j < numeric; ++j) {
      const auto value = static_cast<double>(rows.number(row, j));
      low[j] = std::min(low[j], value);
      high[j] = std::max(high[j], value);
    }
  }
  comm.all_reduce(std::span<double>(low), comm::Op::kMin);
  comm.all_reduce(std::span<double>(high), comm::Op::kMax);
  double square = 2.0 * static_cast<double>(rows.space().categories());
  for (std::size_t j = 0; j < numeric; ++j) {
    if (low[j] < high[j]) {
      square += (high[j] - low[j]) * (high[j] - low[j]);
    }
  }
  return std::sqrt(square);
}

Points::Points(const features::Space& space, std::vector<double> coordinates)
    : space_(space), dimensions_(space.dimensions()), coordinates_(std::move(coordinates)) {
  for (std::size_t at = 0; at < coordinates_.size(); at += dimensions_) {
    for (std::size_t c = 0; c < space_.categories(); ++c) {
      const double* block = coordinates_.data() + at + space_.first_dimension(c);
      double norm = 0;
      for (std::size_t level = 0; level < space_.levels[c]; ++level) {
        norm += block[level] * block[level];
      }
      norms_.push_back(norm);
    }
  }
}

double Points::squared_distance(const FeatureRows& rows, std::uint64_t row,
                                std::size_t segment) const {
  const double* at = coordinates_.data() + segment * dimensions_;
  double square = 0;
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    const double difference = static_cast<double>(rows.number(row, j)) - at[j];
    square += difference * difference;
  }
  const double* block = at + space_.numeric;
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    const std::uint16_t code = rows.code(row, c);
    // |e - p|^2 of the unit vector e of `code`: only that coordinate differs from |p|^2
    square += norms_[segment * space_.categories() + c];
    square += code == kNoLevel ? 0.0 : 1.0 - 2.0 * block[code];
    block += space_.levels[c];
  }
  return std::max(square, 0.0);  // rounding may leave it a trace below
}

}  // namespace tessera::quality
