#include "tessera/quality/silhouette_monitor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tessera/features/rows/distances.hpp"
#include "tessera/features/rows/draw_rows.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::quality {
namespace {

using features::FeatureRows;

constexpr double kUnit = 0x1.0p40;

constexpr int kTimesBits = 22;  // of all times of a sample: sums of silhouettes stay below 2^62

}  // namespace

SilhouetteMonitor::SilhouetteMonitor(const comm::Communicator& comm, const FeatureRows& shard,
                                     std::uint64_t size, std::uint64_t seed)
    : table_rows_(features::rows_to_draw(comm, shard)),
      sample_(shard.space(), 0, 0, shard.categories().unseen()) {
  const numeric::Random random(seed, numeric::kMonitorSample);
  const std::vector<std::uint64_t> mine =
      features::draw_rows(comm, shard, size, random.keyed(0, 0));
  features::KeyOrderedRows drawn = features::gather_by_key(comm, shard, mine);
  sample_ = std::move(drawn.rows);
  share_ = comm::share_of(sample_.rows(), comm.rank(), comm.size());
  all_times_ = static_cast<std::int64_t>(sample_.rows());
  effective_rows_ = static_cast<double>(sample_.rows());
  if (shard.draws_by_mass() && sample_.rows() > 0) {
    weigh(comm, shard, mine, drawn.places);
  }
  const std::uint64_t count = share_.count;
  std::vector<double> distances(sample_.rows() * count);
  double largest = 0;
  std::array<double, FeatureRows::kBlock> to_block{};
  for (std::uint64_t i = 0; i < count; ++i) {
    for (std::size_t b = 0; b < sample_.blocks(); ++b) {
      features::distances(sample_, b, share_.first + i, to_block);
      for (std::size_t other = 0; other < sample_.rows_in_block(b); ++other) {
        distances[(b * FeatureRows::kBlock + other) * count + i] = to_block[other];
        largest = std::max(largest, to_block[other]);
      }
    }
  }
  format_ =
      numeric::FixedPoint::for_sum(comm.all_max(largest), static_cast<std::uint64_t>(all_times_));
  distances_.resize(distances.size());
  std::ranges::transform(distances, distances_.begin(),
                         [&](double value) { return format_.quantise(value); });
}

/// Collective. `mine`: this rank's rows of the sample, which stands in the order of `places`.
void SilhouetteMonitor::weigh(const comm::Communicator& comm, const FeatureRows& shard,
                              std::span<const std::uint64_t> mine,
                              std::span<const std::uint64_t> places) {
  const std::vector<double> masses = shard.drawn_masses();
  numeric::Int128 here = 0;
  for (const double mass : masses) {
    here += static_cast<numeric::Int128>(mass);
  }
  const auto total = static_cast<double>(numeric::all_sum(comm, here));
  std::vector<double> of_sample;
  of_sample.reserve(mine.size());
  for (const std::uint64_t row : mine) {
    of_sample.push_back(masses[row]);
  }
  of_sample = comm.all_gather(of_sample);
  // drawn for its mass, a row stands for as much as each of a sample of equals
  const bool all = sample_.rows() == table_rows_;
  const double least = all ? 0 : total / static_cast<double>(sample_.rows());
  std::vector<double> stood_for;
  double sum = 0;
  for (const std::uint64_t place : places) {
    stood_for.push_back(std::max(of_sample[place], least));
    sum += stood_for.back();
  }
  const int room = kTimesBits - (std::ilogb(sum) + 2);
  const int shift = all ? std::min(room, 0) : room;
  const auto one = static_cast<double>(features::mass_of_one(shard));
  one_ = std::max<std::int64_t>(1, std::llrint(std::ldexp(std::max(one, least), shift)));
  all_times_ = 0;
  double squares = 0;
  for (const double times : stood_for) {
    times_.push_back(std::llrint(std::ldexp(times, shift)));
    all_times_ += times_.back();
    squares += static_cast<double>(times_.back()) * static_cast<double>(times_.back());
  }
  effective_rows_ = static_cast<double>(all_times_) * static_cast<double>(all_times_) / squares;
}

Estimate SilhouetteMonitor::estimate(const SilhouetteSums& sums) const {
  Estimate estimate{.rows = rows(), .variant = Variant::kWithinSample};
  if (rows() == 0) {
    estimate.value = std::numeric_limits<double>::quiet_NaN();
    estimate.standard_error = estimate.value;
    return estimate;
  }
  const auto count = static_cast<double>(all_times_);
  const double mean = static_cast<double>(sums.values) / kUnit / count;
  estimate.value = mean;
  if (rows() < table_rows_ && effective_rows_ > 1) {
    const double variance = static_cast<double>(sums.squares) / kUnit / count - mean * mean;
    estimate.standard_error = std::sqrt(std::max(0.0, variance) / (effective_rows_ - 1));
  }
  return estimate;
}

SilhouetteTracker::SilhouetteTracker(const SilhouetteMonitor& monitor, std::size_t segments)
    : monitor_(monitor),
      labels_(monitor.rows(), -1),
      sizes_(segments),
      to_segment_(segments * monitor.share_.count) {}

SilhouetteSums SilhouetteTracker::update(std::span<const std::int32_t> labels) {
  if (relabel(labels)) {
    sums_ = silhouettes();
  }
  return sums_;
}

bool SilhouetteTracker::relabel(std::span<const std::int32_t> labels) {
  bool changed = false;
  for (std::uint64_t row = 0; row < labels_.size(); ++row) {
    if (labels_[row] == labels[row]) {
      continue;
    }
    if (labels_[row] >= 0) {
      add(row, static_cast<std::size_t>(labels_[row]), -1);
    }
    labels_[row] = labels[row];
    add(row, static_cast<std::size_t>(labels_[row]), +1);
    changed = true;
  }
  return changed;
}

void SilhouetteTracker::add(std::uint64_t row, std::size_t segment, std::int64_t sign) {
  const std::int64_t times = sign * monitor_.times(row);
  sizes_[segment] += times;
  const std::uint64_t share = monitor_.share_.count;
  const std::int64_t* distances = monitor_.distances_.data() + row * share;
  std::int64_t* sums = to_segment_.data() + segment * share;
  if (times == 1) {  // what compilers make of it in vectors is a quarter of a product
    for (std::uint64_t i = 0; i < share; ++i) {
      sums[i] += distances[i];
    }
  } else if (times == -1) {
    for (std::uint64_t i = 0; i < share; ++i) {
      sums[i] -= distances[i];
    }
  } else {
    for (std::uint64_t i = 0; i < share; ++i) {
      sums[i] += times * distances[i];
    }
  }
}

SilhouetteSums SilhouetteTracker::silhouettes() const {
  const comm::Share& share = monitor_.share_;
  SilhouetteSums sums;
  for (std::uint64_t i = 0; i < share.count; ++i) {
    const auto own = static_cast<std::size_t>(labels_[share.first + i]);
    const std::int64_t itself = monitor_.itself(share.first + i);
    if (sizes_[own] <= itself) {
      continue;
    }
    const auto mean_distance = [&](std::size_t segment, std::int64_t rows) {
      return monitor_.format_.value(to_segment_[segment * share.count + i]) /
             static_cast<double>(rows);
    };
    const double a = mean_distance(own, sizes_[own] - itself);
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < sizes_.size(); ++s) {
      if (s != own && sizes_[s] > 0) {
        b = std::min(b, mean_distance(s, sizes_[s]));
      }
    }
    if (const double greater = std::max(a, b); greater > 0 && std::isfinite(greater)) {
      const double silhouette = (b - a) / greater;
      const std::int64_t times = monitor_.times(share.first + i);
      sums.values += times * std::llrint(silhouette * kUnit);
      sums.squares += times * std::llrint(silhouette * silhouette * kUnit);
    }
  }
  return sums;
}

}  // namespace tessera::quality
