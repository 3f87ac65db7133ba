#include "tessera/features/distances.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tessera/numeric/aligned.hpp"
#include "tessera/numeric/vectorise.hpp"

namespace tessera::features {
namespace {

constexpr std::size_t kBlock = FeatureRows::kBlock;

}  // namespace

void distances(const FeatureRows& rows, std::size_t block, const float* row_values,
               const std::uint16_t* row_codes, BlockDistances out) {
  const float* const values = rows.numeric_block(block);
  const std::uint8_t* const codes = rows.code_block(block);
  numeric::vectorise([=, numeric = rows.space().numeric, categories = rows.space().categories(),
                      code_bytes = rows.code_bytes(), results = out.data()]() TESSERA_INLINE {
    alignas(numeric::kAlignment) double squares[kBlock] = {};
    alignas(numeric::kAlignment) std::uint16_t unequal[kBlock] = {};
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
      const auto add = [&](auto code_of) TESSERA_INLINE {
        for (std::size_t i = 0; i < kBlock; ++i) {
          const std::uint16_t its = code_of(i);
          unequal[i] = static_cast<std::uint16_t>(unequal[i] + (its != code) * two -
                                                  (its == kNoLevel) * one);
        }
      };
      const std::uint8_t* const low = codes + c * code_bytes * kBlock;
      if (code_bytes == 1) {
        add([low](std::size_t i) TESSERA_INLINE { return read_code(low + i, kBlock, 1); });
      } else {
        add([low](std::size_t i) TESSERA_INLINE { return read_code(low + i, kBlock, 2); });
      }
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      results[i] = __builtin_sqrt(squares[i] + static_cast<double>(unequal[i]));
    }
  });
}

void distances(const FeatureRows& rows, std::size_t block, std::uint64_t row, BlockDistances out) {
  std::vector<float> numbers;
  for (std::size_t j = 0; j < rows.space().numeric; ++j) {
    numbers.push_back(rows.number(row, j));
  }
  std::vector<std::uint16_t> codes;
  for (std::size_t c = 0; c < rows.space().categories(); ++c) {
    codes.push_back(rows.code(row, c));
  }
  distances(rows, block, numbers.data(), codes.data(), out);
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

Points::Points(const Space& space, std::vector<double> coordinates)
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

void Points::squared_distances(const FeatureRows& rows, std::size_t block,
                               std::span<const std::int32_t> segments, double* out) const {
  alignas(numeric::kAlignment) double squares[kBlock] = {};
  const std::size_t count = rows.rows_in_block(block);
  const std::size_t categories = space_.categories();
  std::array<std::size_t, kBlock> at;
  std::array<std::size_t, kBlock> norm_at;
  for (std::size_t i = 0; i < count; ++i) {
    at[i] = static_cast<std::size_t>(segments[i]) * dimensions_;
    norm_at[i] = static_cast<std::size_t>(segments[i]) * categories;
  }
  const float* x = rows.numeric_block(block);
  for (std::size_t j = 0; j < space_.numeric; ++j, x += kBlock) {
    const double* const coordinate = coordinates_.data() + j;
    for (std::size_t i = 0; i < count; ++i) {
      const double difference = static_cast<double>(x[i]) - coordinate[at[i]];
      squares[i] += difference * difference;
    }
  }
  const std::size_t code_bytes = rows.code_bytes();
  const std::uint8_t* low = rows.code_block(block);
  const double* levels = coordinates_.data() + space_.numeric;
  for (std::size_t c = 0; c < categories; ++c, low += code_bytes * kBlock) {
    const double* const norm = norms_.data() + c;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint16_t code = read_code(low + i, kBlock, code_bytes);
      squares[i] += norm[norm_at[i]];
      squares[i] += code == kNoLevel ? 0.0 : 1.0 - 2.0 * levels[at[i] + code];
    }
    levels += space_.levels[c];
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = std::max(squares[i], 0.0);
  }
}

}  // namespace tessera::features
