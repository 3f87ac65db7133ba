#include "tessera/quality/silhouette.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "quality/sample.hpp"
#include "tessera/features/rows/distances.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::quality {
namespace {

using features::FeatureRows;

constexpr std::uint64_t kBatch = 512;  // rows whose distances one all-reduce adds up
constexpr std::size_t kChains = 4;     // sums per segment, so that additions need not wait

/// Rounds distances up to `bound` to integers of which `rows` add up below 2^62.
class DistanceScale {
 public:
  DistanceScale(double bound, std::uint64_t rows) {
    const int exponent = bound > 0 ? std::ilogb(bound) + 1 : 0;
    const int bits = std::min(kMostBits, kSumBits - static_cast<int>(std::bit_width(rows)));
    factor_ = std::ldexp(1.0, bits - exponent);
    step_ = std::ldexp(1.0, exponent - bits);
  }

  /// Adding 1.5 * 2^52 leaves the nearest integer in the low bits of the double; unlike a
  /// conversion to 64 bits, every vector instruction set can do that.
  [[nodiscard]] std::int64_t quantise(double distance) const {
    return std::bit_cast<std::int64_t>(distance * factor_ + kShift) -
           std::bit_cast<std::int64_t>(kShift);
  }
  [[nodiscard]] double value(std::int64_t sum) const { return static_cast<double>(sum) * step_; }

 private:
  static constexpr int kSumBits = 62;
  static constexpr int kMostBits = 50;  // what kShift leaves room for
  static constexpr double kShift = 0x1.8p52;
  double factor_;
  double step_;
};

/// Rows of the table, known to every rank.
struct Queries {
  features::RowValues values;
  std::vector<std::int32_t> labels;
};

/// Collective: this rank's `rows`, and those of all others, in rank order.
Queries make_queries(const comm::Communicator& comm, const Labelled& data,
                     std::span<const std::uint64_t> rows) {
  std::vector<std::int32_t> labels;
  labels.reserve(rows.size());
  for (const std::uint64_t row : rows) {
    labels.push_back(data.labels[row]);
  }
  return {features::gather_values(comm, data.rows, rows), comm.all_gather(labels)};
}

/// Collective: sums of the distances from each query to the rows of each segment, queries x
/// segments.
std::vector<std::int64_t> distance_sums(const comm::Communicator& comm, const Labelled& data,
                                        const Queries& queries, const DistanceScale& scale) {
  const auto segments = static_cast<std::size_t>(data.segments);
  const features::Space& space = data.rows.space();
  std::vector<std::int64_t> chains(queries.labels.size() * segments * kChains);
  alignas(simd::kAlignment) std::array<double, FeatureRows::kBlock> distance{};
  alignas(simd::kAlignment) std::array<std::int64_t, FeatureRows::kBlock> rounded{};
  for (std::size_t block = 0; block < data.rows.blocks(); ++block) {
    const std::size_t rows = data.rows.rows_in_block(block);
    const std::int32_t* labels = data.labels.data() + block * FeatureRows::kBlock;
    for (std::size_t q = 0; q < queries.labels.size(); ++q) {
      features::distances(data.rows, block, queries.values.numbers.data() + q * space.numeric,
                          queries.values.codes.data() + q * space.categories(), distance);
      for (std::size_t i = 0; i < distance.size(); ++i) {
        rounded[i] = scale.quantise(distance[i]);
      }
      std::int64_t* sums = chains.data() + q * segments * kChains;
      for (std::size_t i = 0; i < rows; ++i) {
        sums[static_cast<std::size_t>(labels[i]) * kChains + i % kChains] += rounded[i];
      }
    }
  }
  std::vector<std::int64_t> sums(queries.labels.size() * segments);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto first = chains.begin() + static_cast<std::ptrdiff_t>(i * kChains);
    sums[i] = std::accumulate(first, first + kChains, std::int64_t{0});
  }
  comm.all_reduce(std::span<std::int64_t>(sums), comm::Op::kSum);
  return sums;
}

/// The silhouette of one row of `own`, from its summed distances to each segment.
double silhouette_of(std::size_t own, std::span<const std::int64_t> sums,
                     std::span<const std::uint64_t> sizes, const DistanceScale& scale) {
  if (sizes[own] == 1) {
    return 0;
  }
  const double a = scale.value(sums[own]) / static_cast<double>(sizes[own] - 1);
  double b = std::numeric_limits<double>::infinity();
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    if (s != own && sizes[s] > 0) {
      b = std::min(b, scale.value(sums[s]) / static_cast<double>(sizes[s]));
    }
  }
  const double larger = std::max(a, b);
  return larger > 0 ? (b - a) / larger : 0;
}

/// Sums over the rows of a segment whose silhouette is known.
struct Stratum {
  std::uint64_t rows = 0;
  numeric::ExactSum sum{1.0};
  numeric::ExactSum squares{1.0};

  void add(double value) {
    ++rows;
    sum.add(value);
    squares.add(value * value);
  }
  [[nodiscard]] double mean() const { return sum.value() / static_cast<double>(rows); }
  /// Square of the mean's standard error, as an estimate for a segment of `size` rows.
  [[nodiscard]] double error_square(std::uint64_t size) const {
    if (rows == size) {
      return 0;
    }
    const auto n = static_cast<double>(rows);
    const double variance = std::max(squares.value() - n * mean() * mean(), 0.0) / (n - 1);
    return (1 - n / static_cast<double>(size)) * variance / n;
  }
};

IndexValue combine(const std::vector<Stratum>& strata, std::span<const std::uint64_t> sizes) {
  const auto total = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  IndexValue result;
  double error_square = 0;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    if (sizes[s] == 0) {
      result.segments.emplace_back();
      continue;
    }
    const double weight = static_cast<double>(sizes[s]) / static_cast<double>(total);
    const double mean = strata[s].mean();
    result.value += weight * mean;
    error_square += weight * weight * strata[s].error_square(sizes[s]);
    result.rows += strata[s].rows;
    result.segments.emplace_back(mean);
  }
  result.standard_error = std::sqrt(error_square);
  result.variant = result.rows == total ? Variant::kExact : Variant::kSampled;
  return result;
}

}  // namespace

std::optional<IndexValue> silhouette(const comm::Communicator& comm, const Labelled& data,
                                     const SilhouetteOptions& options, Progress& progress) {
  const std::vector<std::uint64_t> sizes = segment_sizes(comm, data);
  if (!is_comparable(sizes)) {
    return std::nullopt;
  }
  const auto total = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::vector<std::uint64_t> chosen;
  if (total <= options.exact_rows) {
    chosen.resize(data.rows.rows());
    std::iota(chosen.begin(), chosen.end(), std::uint64_t{0});
  } else {
    chosen = choose_rows(comm, data, allocate(sizes, options.sample_rows), options.seed);
  }

  const DistanceScale scale(features::distance_bound(comm, data.rows), total);
  const std::uint64_t to_do = comm.all_sum(std::uint64_t{chosen.size()});
  const std::uint64_t before = comm.sum_of_lower_ranks(std::uint64_t{chosen.size()});
  std::vector<Stratum> strata(sizes.size());
  for (std::uint64_t done = 0; done < to_do; done += kBatch) {
    // chosen rows number [done, done + kBatch) of all ranks, as far as they are this rank's
    const auto clip = [&](std::uint64_t at) {
      return std::clamp(at, before, before + chosen.size()) - before;
    };
    const std::uint64_t first = clip(done);
    const Queries queries =
        make_queries(comm, data, std::span(chosen).subspan(first, clip(done + kBatch) - first));
    const std::vector<std::int64_t> sums = distance_sums(comm, data, queries, scale);
    for (std::size_t q = 0; q < queries.labels.size(); ++q) {
      const auto own = static_cast<std::size_t>(queries.labels[q]);
      const auto row = std::span(sums).subspan(q * sizes.size(), sizes.size());
      strata[own].add(silhouette_of(own, row, sizes, scale));
    }
    progress.step("silhouette", std::min(done + kBatch, to_do), to_do);
  }
  return combine(strata, sizes);
}

}  // namespace tessera::quality
