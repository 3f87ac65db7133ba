#include "tessera/features/rows/distances.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "tessera/simd/aligned.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::features {
namespace {

constexpr std::size_t kBlock = FeatureRows::kBlock;

/// In how many dimensions two codes of a category differ: in one for each that has a level, in none
/// if it is the same.
int unequal_dimensions(std::uint16_t a, std::uint16_t b) {
  const int levels = (a != kNoLevel ? 1 : 0) + (b != kNoLevel ? 1 : 0);
  return a == b ? 0 : levels;
}

/// Adds, for each of a block's rows, what the dimensions of a table's categories in which it
/// differs from a row of given codes add to the squared distance. `Square` is uint16_t where each
/// adds 1.
template <typename Square>
void add_unequal(const FeatureRows& rows, const CategoryTables::Table& table,
                 const std::uint16_t* row_codes, const std::uint8_t* positions, Square* unequal) {
  const CategoryTables& categories = rows.categories();
  const std::size_t bytes = categories.position_bytes();
  const auto square_of = [&](std::size_t c, std::uint16_t code) {
    const int dimensions = unequal_dimensions(code, row_codes[c]);
    if constexpr (std::is_integral_v<Square>) {
      return static_cast<Square>(dimensions);
    } else {
      return dimensions * (rows.space().level_value(c) * rows.space().level_value(c));
    }
  };
  const std::span<const CategoryTables::Digit> digits = categories.digits(table);
  if (!table.may_be_shared()) {
    const std::size_t c = digits.front().category;
    const std::uint16_t* const codes = categories.codes(c).data();
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::uint16_t code = codes[read_position(positions + i, kBlock, bytes)];
      unequal[i] = static_cast<Square>(unequal[i] + square_of(c, code));
    }
    return;
  }
  std::array<Square, CategoryTables::kShared> at_position{};
  for (const CategoryTables::Digit& digit : digits) {
    const std::span<const std::uint16_t> codes = categories.codes(digit.category);
    for (std::size_t position = 0; position < codes.size(); ++position) {
      at_position[position] =
          static_cast<Square>(at_position[position] + square_of(digit.category, codes[position]));
    }
  }
  for (std::size_t i = 0; i < kBlock; ++i) {
    unequal[i] = static_cast<Square>(unequal[i] + at_position[positions[i]]);
  }
}

/// See features::distances().
template <typename Square>
void measure(const FeatureRows& rows, std::size_t block, const float* row_values,
             const std::uint16_t* row_codes, BlockDistances out) {
  const CategoryTables& categories = rows.categories();
  const std::size_t bytes = categories.position_bytes();
  const float* const values = rows.numeric_block(block);
  alignas(simd::kAlignment) double squares[kBlock] = {};
  alignas(simd::kAlignment) Square unequal[kBlock] = {};
  const std::uint8_t* positions = rows.position_block(block);
  for (const CategoryTables::Table& table : categories.tables()) {
    add_unequal(rows, table, row_codes, positions, &unequal[0]);
    positions += bytes * kBlock;
  }
  simd::vectorise([=, numeric = rows.space().numeric, squares = &squares[0], unequal = &unequal[0],
                   results = out.data()]() TESSERA_INLINE {
    for (std::size_t j = 0; j < numeric; ++j) {
      const auto value = static_cast<double>(row_values[j]);
      for (std::size_t i = 0; i < kBlock; ++i) {
        const double difference = static_cast<double>(values[j * kBlock + i]) - value;
        squares[i] += difference * difference;
      }
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      results[i] = __builtin_sqrt(squares[i] + static_cast<double>(unequal[i]));
    }
  });
}

}  // namespace

void distances(const FeatureRows& rows, std::size_t block, const float* row_values,
               const std::uint16_t* row_codes, BlockDistances out) {
  if (rows.space().level_values.empty()) {
    measure<std::uint16_t>(rows, block, row_values, row_codes, out);
  } else {
    measure<double>(rows, block, row_values, row_codes, out);
  }
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
    if (!rows.counts(row)) {
      continue;
    }
    for (std::size_t j = 0; j < numeric; ++j) {
      const auto value = static_cast<double>(rows.number(row, j));
      low[j] = std::min(low[j], value);
      high[j] = std::max(high[j], value);
    }
  }
  comm.all_reduce(std::span<double>(low), comm::Op::kMin);
  comm.all_reduce(std::span<double>(high), comm::Op::kMax);
  double square = 2.0 * rows.space().categories_norm();
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
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    const double value = space_.level_value(c);
    levels_.push_back({value * value, 2 * value});
  }
}

double Points::sparse_squared_distance(const FeatureRows& rows, std::uint64_t row,
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
    // |e - p|^2 of the block e of `code`: only that coordinate differs from |p|^2
    square += norms_[segment * space_.categories() + c];
    square += code == kNoLevel ? 0.0 : levels_[c].square - levels_[c].twice * block[code];
    block += space_.levels[c];
  }
  return std::max(square, 0.0);  // rounding may leave it a trace below
}

void Points::sparse_squared_distances(const FeatureRows& rows, std::size_t block,
                                      std::span<const std::int32_t> segments, double* out) const {
  alignas(simd::kAlignment) double squares[kBlock] = {};
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
  const std::size_t bytes = rows.categories().position_bytes();
  const double* levels = coordinates_.data() + space_.numeric;
  for (std::size_t c = 0; c < categories; ++c) {
    const double* const norm = norms_.data() + c;
    const Level level = levels_[c];
    const std::uint16_t* const codes = rows.categories().codes(c).data();
    const std::uint8_t* const positions =
        rows.position_block(block) + rows.categories().table_of(c) * bytes * kBlock;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint16_t code = codes[read_position(positions + i, kBlock, bytes)];
      squares[i] += norm[norm_at[i]];
      squares[i] += code == kNoLevel ? 0.0 : level.square - level.twice * levels[at[i] + code];
    }
    levels += space_.levels[c];
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = std::max(squares[i], 0.0);
  }
}

void Points::sparse_squared_distances(const FeatureRows& rows, std::size_t block,
                                      std::size_t segment, BlockDistances out) const {
  const double* const point = coordinates_.data() + segment * dimensions_;
  simd::vectorise([x = rows.numeric_block(block), point, numeric = space_.numeric,
                   squares = out.data()]() TESSERA_INLINE {
    for (std::size_t i = 0; i < kBlock; ++i) {
      squares[i] = 0;
    }
    for (std::size_t j = 0; j < numeric; ++j) {
      for (std::size_t i = 0; i < kBlock; ++i) {
        const double difference = static_cast<double>(x[j * kBlock + i]) - point[j];
        squares[i] += difference * difference;
      }
    }
  });
  const std::size_t bytes = rows.categories().position_bytes();
  const double* levels = point + space_.numeric;
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    const double norm = norms_[segment * space_.categories() + c];
    const Level level = levels_[c];
    const std::uint16_t* const codes = rows.categories().codes(c).data();
    const std::uint8_t* const positions =
        rows.position_block(block) + rows.categories().table_of(c) * bytes * kBlock;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::uint16_t code = codes[read_position(positions + i, kBlock, bytes)];
      out[i] += norm;
      out[i] += code == kNoLevel ? 0.0 : level.square - level.twice * levels[code];
    }
    levels += space_.levels[c];
  }
  for (double& square : out) {
    square = std::max(square, 0.0);
  }
}

}  // namespace tessera::features
