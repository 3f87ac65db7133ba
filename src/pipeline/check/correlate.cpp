#include "pipeline/check/correlate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tessera/numeric/exact_sum.hpp"

namespace tessera::pipeline {
namespace {

using numeric::ExactSum;

/// Sums of a pair of columns over the rows where both are known.
enum Sum : std::size_t { kXY, kRows, kX, kY, kXX, kYY, kSums };

/// A block of rows: values within -1 ... 1, 0 where missing; their squares; 1 where known.
struct Block {
  std::vector<double> values;
  std::vector<double> squares;
  std::vector<double> known;
};

void scale(const CheckedColumn& column, std::size_t count, Block& block) {
  for (std::size_t row = 0; row < count; ++row) {
    const double value = block.values[row];
    const bool is_known = std::isfinite(value);
    const double x = is_known ? (value - column.mean) / column.scale : 0;
    block.values[row] = x;
    block.squares[row] = x * x;
    block.known[row] = is_known ? 1 : 0;
  }
}

void add_products(const std::vector<double>& a, const std::vector<double>& b, std::size_t count,
                  ExactSum& sum) {
  const double* x = a.data();
  const double* y = b.data();
  sum.add_all(count, [x, y](std::size_t i) TESSERA_INLINE { return x[i] * y[i]; });
}

void add_pair(const Block& x, const Block& y, std::size_t count, std::span<ExactSum> sums) {
  add_products(x.values, y.values, count, sums[kXY]);
  if (sums.size() == 1) {
    return;  // both are known everywhere: the rest is that of the columns
  }
  add_products(x.known, y.known, count, sums[kRows]);
  add_products(x.values, y.known, count, sums[kX]);
  add_products(x.known, y.values, count, sums[kY]);
  add_products(x.squares, y.known, count, sums[kXX]);
  add_products(x.known, y.squares, count, sums[kYY]);
}

double correlation_of(std::span<const ExactSum> sums, const CheckedColumn& x,
                      const CheckedColumn& y) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (sums.size() == 1) {
    return std::clamp(sums[kXY].value() / std::sqrt(x.squares * y.squares), -1.0, 1.0);
  }
  const double rows = sums[kRows].value();
  if (rows < 3) {
    return kNone;
  }
  const double of_x = sums[kX].value();
  const double of_y = sums[kY].value();
  const double square =
      (sums[kXX].value() - of_x * of_x / rows) * (sums[kYY].value() - of_y * of_y / rows);
  const double both = sums[kXY].value() - of_x * of_y / rows;
  return square > 0 ? std::clamp(both / std::sqrt(square), -1.0, 1.0) : kNone;
}

bool has_gaps(const CheckedColumn& column) { return column.facts.missing > 0; }

}  // namespace

Correlations correlate(const comm::Communicator& comm, const table::Table& table,
                       std::span<const std::size_t> indices,
                       std::span<const CheckedColumn* const> columns, Progress& progress) {
  const std::size_t count = columns.size();
  Correlations result{.matrix = std::vector<double>(count * count, 1.0), .count = count};
  std::vector<ExactSum> sums;
  std::vector<std::size_t> first_sum;  // of each pair
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      first_sum.push_back(sums.size());
      const bool is_gappy = has_gaps(*columns[i]) || has_gaps(*columns[j]);
      sums.resize(sums.size() + (is_gappy ? std::size_t{kSums} : std::size_t{1}), ExactSum(1));
    }
  }
  first_sum.push_back(sums.size());
  const auto sums_of = [&](std::size_t pair) {
    return std::span(sums).subspan(first_sum[pair], first_sum[pair + 1] - first_sum[pair]);
  };
  comm.together([&] {
    const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
    const std::uint64_t most = std::min(share.count, kRowsInBlock);
    std::vector<Block> blocks(count);
    for (Block& block : blocks) {
      block.values.resize(most);
      block.squares.resize(most);
      block.known.resize(most);
    }
    std::vector<std::span<double>> out(count);
    for (std::uint64_t done = 0; done < share.count; done += most) {
      progress.step("comparing columns", done, share.count);
      const std::size_t rows = std::min(most, share.count - done);
      for (std::size_t i = 0; i < count; ++i) {
        out[i] = std::span(blocks[i].values).first(rows);
      }
      table.read_number_columns(indices, share.first + done, out);
      for (std::size_t i = 0, pair = 0; i < count; ++i) {
        scale(*columns[i], rows, blocks[i]);
        for (std::size_t j = 0; j < i; ++j) {
          add_pair(blocks[i], blocks[j], rows, sums_of(pair++));
        }
      }
    }
    progress.step("comparing columns", share.count, share.count);
  });
  ExactSum::all_reduce(comm, sums);
  for (std::size_t i = 0, pair = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double value = correlation_of(sums_of(pair++), *columns[i], *columns[j]);
      result.matrix[i * count + j] = result.matrix[j * count + i] = value;
    }
  }
  return result;
}

}  // namespace tessera::pipeline
