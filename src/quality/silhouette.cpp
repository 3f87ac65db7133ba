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
#include "tessera/features/rows/masses.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::quality {
namespace {

using features::FeatureRows;
using numeric::Int128;
using numeric::Mass;

constexpr std::uint64_t kBatch = 512;  // rows whose distances one all-reduce adds up
constexpr std::size_t kChains = 4;     // sums per segment, so that additions need not wait

/// Rounds distances up to `bound` to integers of which as many as `total` says add up below 2^62;
/// in 128 bits below 2^126, where masses are so large that 64 bits would leave little of a
/// distance.
class DistanceScale {
 public:
  DistanceScale(double bound, Int128 total, bool massive) {
    const int exponent = bound > 0 ? std::ilogb(bound) + 1 : 0;
    const int sum_bits = massive && total >= numeric::kMostAsRows ? kWideSumBits : kSumBits;
    const int total_bits = total > 0 ? std::ilogb(static_cast<double>(total)) + 1 : 0;
    const int bits = std::min(kMostBits, sum_bits - total_bits);
    factor_ = std::ldexp(1.0, bits - exponent);
    step_ = std::ldexp(1.0, exponent - bits);
  }

  /// Adding 1.5 * 2^52 leaves the nearest integer in the low bits of the double; unlike a
  /// conversion to 64 bits, every vector instruction set can do that.
  [[nodiscard]] std::int64_t quantise(double distance) const {
    return std::bit_cast<std::int64_t>(distance * factor_ + kShift) -
           std::bit_cast<std::int64_t>(kShift);
  }
  [[nodiscard]] double value(Int128 sum) const { return static_cast<double>(sum) * step_; }

 private:
  static constexpr int kSumBits = 62;
  static constexpr int kWideSumBits = 126;
  static constexpr int kMostBits = 50;  // what kShift leaves room for
  static constexpr double kShift = 0x1.8p52;
  double factor_;
  double step_;
};

/// What is known of the segments on every rank.
struct Segments {
  std::vector<Int128> masses;         // how often their rows count
  std::vector<std::uint64_t> choice;  // rows that a sample can be drawn of
  Int128 mass = 0;                    // of all
  std::uint64_t rows = 0;             // to choose from, of all
};

/// Collective. `drawn`: what random choices go by, if not all rows are alike.
Segments find_segments(const comm::Communicator& comm, const Labelled& data,
                       std::vector<std::uint64_t> sizes, std::span<const double> drawn) {
  Segments found;
  if (data.rows.weighted()) {
    found.masses = segment_masses(comm, data);
  } else {
    found.masses.assign(sizes.begin(), sizes.end());
  }
  found.choice = std::move(sizes);
  if (data.rows.draws_by_mass()) {
    std::ranges::fill(found.choice, 0);
    for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
      found.choice[data.segment(row)] += drawn[row] > 0 ? 1U : 0U;
    }
    comm.all_reduce(std::span<std::uint64_t>(found.choice), comm::Op::kSum);
  }
  found.mass = std::accumulate(found.masses.begin(), found.masses.end(), Int128{0});
  found.rows = std::accumulate(found.choice.begin(), found.choice.end(), std::uint64_t{0});
  return found;
}

/// Rows of the table, known to every rank.
struct Queries {
  features::RowValues values;
  std::vector<std::int32_t> labels;
  std::vector<Mass> own;      // their masses; empty: one each
  std::vector<double> drawn;  // what random choices went by, of those in proportion to masses
};

template <typename Value>
std::vector<Value> gather(const comm::Communicator& comm, std::span<const Value> values,
                          std::span<const std::uint64_t> rows) {
  std::vector<Value> mine;
  for (std::size_t i = 0; i < rows.size() && !values.empty(); ++i) {
    mine.push_back(values[rows[i]]);
  }
  return comm.all_gather(mine);
}

/// Collective: this rank's `rows`, and those of all others, in rank order.
Queries make_queries(const comm::Communicator& comm, const Labelled& data,
                     std::span<const double> drawn, std::span<const std::uint64_t> rows) {
  return {features::gather_values(comm, data.rows, rows), gather(comm, data.labels, rows),
          gather(comm, data.rows.masses(), rows), gather(comm, drawn, rows)};
}

/// Collective: sums of the distances from each query to the rows of each segment, each as often as
/// it counts, queries x segments.
std::vector<Int128> distance_sums(const comm::Communicator& comm, const Labelled& data,
                                  const Queries& queries, const DistanceScale& scale) {
  const auto segments = static_cast<std::size_t>(data.segments);
  const features::Space& space = data.rows.space();
  const bool weighted = data.rows.weighted();
  std::vector<std::int64_t> chains(weighted ? 0 : queries.labels.size() * segments * kChains);
  std::vector<Int128> sums(queries.labels.size() * segments);
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
      if (weighted) {
        const std::span<const Mass> masses = data.rows.masses(block * FeatureRows::kBlock, rows);
        for (std::size_t i = 0; i < rows; ++i) {
          sums[q * segments + static_cast<std::size_t>(labels[i])] +=
              Int128{masses[i]} * rounded[i];
        }
        continue;
      }
      std::int64_t* of_query = chains.data() + q * segments * kChains;
      for (std::size_t i = 0; i < rows; ++i) {
        of_query[static_cast<std::size_t>(labels[i]) * kChains + i % kChains] += rounded[i];
      }
    }
  }
  for (std::size_t i = 0; i < sums.size() && !weighted; ++i) {
    const auto first = chains.begin() + static_cast<std::ptrdiff_t>(i * kChains);
    sums[i] = std::accumulate(first, first + kChains, std::int64_t{0});
  }
  numeric::all_sum(comm, sums);
  return sums;
}

/// The silhouette of one row of `own`, from its summed distances to each segment. `itself`: how
/// often the row itself counts, up to once.
double silhouette_of(std::size_t own, Mass itself, std::span<const Int128> sums,
                     std::span<const Int128> masses, const DistanceScale& scale) {
  if (masses[own] <= itself) {
    return 0;
  }
  const double a = scale.value(sums[own]) / static_cast<double>(masses[own] - itself);
  double b = std::numeric_limits<double>::infinity();
  for (std::size_t s = 0; s < masses.size(); ++s) {
    if (s != own && masses[s] > 0) {
      b = std::min(b, scale.value(sums[s]) / static_cast<double>(masses[s]));
    }
  }
  const double larger = std::max(a, b);
  return larger > 0 ? (b - a) / larger : 0;
}

/// Sums over the rows of a segment whose silhouette is known, each as often as it stands for
/// others.
struct Stratum {
  explicit Stratum(bool massive) : sum(1.0, massive), squares(1.0, massive) {}

  std::uint64_t rows = 0;
  Int128 times = 0;
  numeric::ExactSum sum;
  numeric::ExactSum squares;

  void add(double value) {
    ++rows;
    ++times;
    sum.add(value);
    squares.add(value * value);
  }
  void add(double value, Int128 mass) {
    ++rows;
    times += mass;
    sum.add_mass(value, mass);
    squares.add_mass(value * value, mass);
  }
  [[nodiscard]] double mean() const { return sum.value() / static_cast<double>(times); }
  /// Square of the mean's standard error, as an estimate for a segment of `size` rows.
  [[nodiscard]] double error_square(std::uint64_t size) const {
    if (rows == size) {
      return 0;
    }
    const auto n = static_cast<double>(rows);
    const auto all = static_cast<double>(times);
    const double variance =
        std::max(squares.value() - all * mean() * mean(), 0.0) / (all * (n - 1) / n);
    return (1 - n / static_cast<double>(size)) * variance / n;
  }
};

IndexValue combine(const std::vector<Stratum>& strata, const Segments& segments) {
  IndexValue result;
  double error_square = 0;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    if (segments.masses[s] == 0) {
      result.segments.emplace_back();
      continue;
    }
    const double weight =
        static_cast<double>(segments.masses[s]) / static_cast<double>(segments.mass);
    const double mean = strata[s].mean();
    result.value += weight * mean;
    error_square += weight * weight * strata[s].error_square(segments.choice[s]);
    result.rows += strata[s].rows;
    result.segments.emplace_back(mean);
  }
  result.standard_error = std::sqrt(error_square);
  result.variant = result.rows == segments.rows ? Variant::kExact : Variant::kSampled;
  return result;
}

/// How much of a segment's mass a row that was drawn for its mass stands for: its own, if all rows
/// were taken; else at least as much as each of a sample of equals. In units that are the
/// segment's.
Int128 stands_for(double drawn, std::size_t segment, const Segments& segments,
                  std::span<const std::uint64_t> take) {
  if (take.empty() || take[segment] == segments.choice[segment]) {
    return static_cast<Int128>(drawn);
  }
  constexpr double kUnits = 0x1.0p60;
  const double share = drawn / static_cast<double>(segments.masses[segment]);
  return std::llrint(kUnits * std::max(share, 1 / static_cast<double>(take[segment])));
}

}  // namespace

std::optional<IndexValue> silhouette(const comm::Communicator& comm, const Labelled& data,
                                     const SilhouetteOptions& options, Progress& progress) {
  std::vector<std::uint64_t> sizes = segment_sizes(comm, data);
  if (!is_comparable(sizes, features::rows_stood_for(comm, data.rows))) {
    return std::nullopt;
  }
  const bool by_mass = data.rows.draws_by_mass();
  const std::vector<double> drawn = data.rows.drawn_masses();
  const Segments segments = find_segments(comm, data, std::move(sizes), drawn);
  std::vector<std::uint64_t> take;  // none: all rows
  std::vector<std::uint64_t> chosen;
  if (segments.rows <= options.exact_rows) {
    for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
      if (!by_mass || drawn[row] > 0) {
        chosen.push_back(row);
      }
    }
  } else {
    take = by_mass ? allocate(segments.choice, segments.masses, options.sample_rows)
                   : allocate(segments.choice, options.sample_rows);
    chosen = choose_rows(comm, data, take, options.seed);
  }

  const Mass one = features::mass_of_one(data.rows);
  const DistanceScale scale(features::distance_bound(comm, data.rows), segments.mass,
                            data.rows.weighted());
  const std::uint64_t to_do = comm.all_sum(std::uint64_t{chosen.size()});
  const std::uint64_t before = comm.sum_of_lower_ranks(std::uint64_t{chosen.size()});
  const std::size_t count = segments.masses.size();
  std::vector<Stratum> strata(count, Stratum(by_mass));
  for (std::uint64_t done = 0; done < to_do; done += kBatch) {
    // chosen rows number [done, done + kBatch) of all ranks, as far as they are this rank's
    const auto clip = [&](std::uint64_t at) {
      return std::clamp(at, before, before + chosen.size()) - before;
    };
    const std::uint64_t first = clip(done);
    const Queries queries = make_queries(
        comm, data, drawn, std::span(chosen).subspan(first, clip(done + kBatch) - first));
    const std::vector<Int128> sums = distance_sums(comm, data, queries, scale);
    for (std::size_t q = 0; q < queries.labels.size(); ++q) {
      const auto own = static_cast<std::size_t>(queries.labels[q]);
      const auto row = std::span(sums).subspan(q * count, count);
      const Mass itself = queries.own.empty() ? 1 : std::min(queries.own[q], one);
      const double value = silhouette_of(own, itself, row, segments.masses, scale);
      by_mass ? strata[own].add(value, stands_for(queries.drawn[q], own, segments, take))
              : strata[own].add(value);
    }
    progress.step("silhouette", std::min(done + kBatch, to_do), to_do);
  }
  return combine(strata, segments);
}

}  // namespace tessera::quality
