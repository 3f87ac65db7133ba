#include "cluster/data_facts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tessera/features/rows/draw_rows.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::cluster {

using features::FeatureRows;
using numeric::ExactSum;
using numeric::FixedPoint;

namespace {

constexpr std::size_t kAtOnce = 16;  // blocks: a feature's sums then stay in registers for a while

/// Adds a numeric feature of `count` blocks from `first` on, and its squares. What fills up the
/// last block is 0, and adds nothing.
void add_blocks(const FeatureRows& rows, std::size_t first, std::size_t count, std::size_t j,
                ExactSum& sum, ExactSum& square) {
  ExactSum::Part of_values(sum);
  ExactSum::Part of_squares(square);
  const float* const start = rows.numeric_block(first) + j * FeatureRows::kBlock;
  const std::size_t stride = rows.space().numeric * FeatureRows::kBlock;
  simd::vectorise([=, &of_values, &of_squares]() TESSERA_INLINE {
    ExactSum::Part values = of_values;  // in registers
    ExactSum::Part squares = of_squares;
    for (std::size_t b = 0; b < count; ++b) {
      const float* const x = start + b * stride;
      for (std::size_t i = 0; i < FeatureRows::kBlock; ++i) {
        const double value = x[i];
        values.add(value);
        squares.add(value * value);
      }
    }
    of_values = values;
    of_squares = squares;
  });
  sum.add(of_values, count * FeatureRows::kBlock);
  square.add(of_squares, count * FeatureRows::kBlock);
}

/// The same of rows that have masses.
void add_massive(const FeatureRows& rows, std::size_t j, ExactSum& sum, ExactSum& square) {
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    if (rows.counts(row)) {
      const auto value = static_cast<double>(rows.number(row, j));
      sum.add_mass(value, rows.masses()[row]);
      square.add_mass(value * value, rows.masses()[row]);
    }
  }
}

/// Largest magnitude of each numeric feature, of this rank's rows.
std::vector<double> largest_magnitudes(const FeatureRows& rows) {
  const std::size_t numeric = rows.space().numeric;
  std::vector<double> largest(numeric);
  if (rows.weighted()) {
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      for (std::size_t j = 0; j < numeric && rows.counts(row); ++j) {
        largest[j] = std::max(largest[j], static_cast<double>(std::fabs(rows.number(row, j))));
      }
    }
    return largest;
  }
  std::array<float, 16> magnitudes{};  // several, so that vectors can be used
  for (std::uint64_t b = 0; b < rows.blocks(); ++b) {
    for (std::size_t j = 0; j < numeric; ++j) {
      const float* const x = rows.numeric_block(b) + j * FeatureRows::kBlock;
      magnitudes.fill(0);
      for (std::size_t i = 0; i < FeatureRows::kBlock; i += magnitudes.size()) {
        for (std::size_t k = 0; k < magnitudes.size(); ++k) {
          const float magnitude = std::fabs(x[i + k]);
          magnitudes[k] = magnitude > magnitudes[k] ? magnitude : magnitudes[k];
        }
      }
      largest[j] = std::max<double>(largest[j], *std::ranges::max_element(magnitudes));
    }
  }
  return largest;
}

/// Collective: how often each level of each category stands, in units of mass.
std::vector<numeric::Int128> masses_of_levels(const comm::Communicator& comm,
                                              const FeatureRows& rows) {
  const features::Space& space = rows.space();
  std::vector<numeric::Int128> levels(space.dimensions() - space.numeric);
  std::size_t first = 0;
  for (std::size_t c = 0; c < space.categories(); ++c) {
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      if (const std::uint16_t code = rows.code(row, c);
          code != features::kNoLevel && rows.counts(row)) {
        levels[first + code] += rows.masses()[row];
      }
    }
    first += space.levels[c];
  }
  numeric::all_sum(comm, levels);
  return levels;
}

/// How many of the shard's rows have each level of each category.
std::vector<std::int64_t> count_levels(const FeatureRows& rows) {
  const features::CategoryTables& categories = rows.categories();
  const std::size_t bytes = categories.position_bytes();
  std::vector<std::int64_t> at_entries(categories.entries());
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    const std::uint8_t* positions = rows.position_block(b);
    for (const features::CategoryTables::Table& table : categories.tables()) {
      std::int64_t* const counts = at_entries.data() + table.offset;
      for (std::size_t i = 0; i < rows.rows_in_block(b); ++i) {
        ++counts[features::read_position(positions + i, FeatureRows::kBlock, bytes)];
      }
      positions += bytes * FeatureRows::kBlock;
    }
  }
  std::vector<std::int64_t> levels(rows.space().dimensions() - rows.space().numeric);
  categories.count_levels(at_entries, levels);
  return levels;
}

}  // namespace

DataFacts survey(const comm::Communicator& comm, const FeatureRows& rows) {
  const features::Space& space = rows.space();
  const bool weighted = rows.weighted();
  DataFacts facts;
  facts.rows = comm.all_sum(rows.rows());
  facts.drawn_rows = features::rows_to_draw(comm, rows);
  facts.weighted = weighted;
  facts.mass_exponent = rows.mass_exponent();
  facts.mass = facts.rows;
  facts.rows_counted = facts.rows;
  if (weighted) {
    const auto masses = rows.masses();
    facts.rows_counted = comm.all_sum(static_cast<std::uint64_t>(
        std::ranges::count_if(masses, [](numeric::Mass mass) { return mass > 0; })));
    facts.mass =
        numeric::all_sum(comm, std::accumulate(masses.begin(), masses.end(), numeric::Int128{0}));
  }
  const auto count = static_cast<double>(facts.mass);

  std::vector<double> largest = largest_magnitudes(rows);
  comm.all_reduce(std::span<double>(largest), comm::Op::kMax);

  std::vector<ExactSum> sums;
  std::vector<ExactSum> squares;
  double farthest = 2.0 * space.categories_norm();
  for (const double magnitude : largest) {
    // sums by masses are in 128 bits, and need not be coarser for their number
    facts.formats.push_back(FixedPoint::for_rows(magnitude, weighted ? 1 : facts.rows));
    sums.emplace_back(magnitude, weighted);
    squares.emplace_back(magnitude * magnitude, weighted);
    farthest += 4 * magnitude * magnitude;
  }
  facts.distance_format = weighted ? FixedPoint::for_masses(farthest, facts.mass)
                                   : FixedPoint::for_sum(farthest, facts.rows);

  std::vector<double> level_counts;
  if (weighted) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      add_massive(rows, j, sums[j], squares[j]);
    }
    const std::vector<numeric::Int128> levels = masses_of_levels(comm, rows);
    level_counts.assign(levels.begin(), levels.end());
  } else {
    std::vector<std::int64_t> levels = count_levels(rows);
    for (std::size_t b = 0; b < rows.blocks(); b += kAtOnce) {
      for (std::size_t j = 0; j < space.numeric; ++j) {
        add_blocks(rows, b, std::min(kAtOnce, rows.blocks() - b), j, sums[j], squares[j]);
      }
    }
    comm.all_reduce(std::span<std::int64_t>(levels), comm::Op::kSum);
    level_counts.assign(levels.begin(), levels.end());
  }
  ExactSum::all_reduce(comm, sums);
  ExactSum::all_reduce(comm, squares);

  double variances = 0;
  for (std::size_t j = 0; j < space.numeric; ++j) {
    const double mean = sums[j].value() / count;
    facts.total_squares += squares[j].value();
    variances += squares[j].value() / count - mean * mean;
  }
  auto level_count = level_counts.begin();
  for (std::size_t c = 0; c < space.categories(); ++c) {
    const double square = space.level_value(c) * space.level_value(c);
    for (std::size_t level = 0; level < space.levels[c]; ++level, ++level_count) {
      const double share = *level_count / count;
      facts.total_squares += square * *level_count;
      variances += square * (share * (1 - share));
    }
  }
  facts.mean_variance = variances / static_cast<double>(space.dimensions());
  return facts;
}

}  // namespace tessera::cluster
