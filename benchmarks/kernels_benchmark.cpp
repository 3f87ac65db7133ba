// Rates of the inner loops, one block of rows at a time and in the first cache: the distance
// kernels of each instruction set over dimensions and segments, and the fixed-point sums of rows
// that move.
// Counters: flops (a multiply-add counts two), rows, per second.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kernels/kernel_sets.hpp"
#include "cluster/kernels/kernels.hpp"
#include "cluster/kernels/screen.hpp"
#include "cluster/kmeans/shard_sums.hpp"
#include "cluster/seeding/nearest_distances.hpp"
#include "support/feature_tables.hpp"

namespace tessera::cluster {
namespace {

using benchmark::Counter;
using benchmark::State;
using features::FeatureRows;
using features::Space;

constexpr std::uint64_t kGroups = 8;

Centroids first_rows(const FeatureRows& rows, std::size_t count) {
  Centroids centroids(rows.space(), count);
  for (std::size_t i = 0; i < count; ++i) {
    rows.expand(i, centroids.row(i));
  }
  return centroids;
}

void count(State& state, double flops_per_row) {
  const double rows = static_cast<double>(state.iterations()) * FeatureRows::kBlock;
  state.counters["rows"] = Counter(rows, Counter::kIsRate);
  state.counters["flops"] = Counter(rows * flops_per_row, Counter::kIsRate);
}

void assign(State& state, const Kernels& kernels, const Space& space, std::size_t segments) {
  const FeatureRows rows = test::grouped_table(space, FeatureRows::kBlock, kGroups);
  const FeatureRows starts = test::grouped_table(space, segments, kGroups, 2);
  const PackedCentroids packed(first_rows(starts, segments), rows.categories());
  const PackedCentroids::View view = packed.view();
  BlockAssignment out;
  for (auto _ : state) {
    (void)kernels.assign(block_rows(rows, 0), view, 0, out);
    benchmark::DoNotOptimize(out);
  }
  count(state, static_cast<double>(segments * (2 * space.numeric + space.categories())));
}

/// What takes the place of `assign` where labels are enough.
void screen(State& state, const Space& space, std::size_t segments) {
  const FeatureRows rows = test::grouped_table(space, FeatureRows::kBlock, kGroups);
  const FeatureRows starts = test::grouped_table(space, segments, kGroups, 2);
  const Centroids centroids = first_rows(starts, segments);
  Screen screen(centroids, PackedCentroids(centroids, rows.categories()).largest_norm());
  const float radius = std::sqrt(kernels().largest_norm(block_rows(rows, 0)));
  BlockAssignment out;
  for (auto _ : state) {
    benchmark::DoNotOptimize(screen.labels(block_rows(rows, 0), radius, out.label));
  }
  count(state, static_cast<double>(segments * 2 * space.numeric));
}

void approach(State& state, const Kernels& kernels, const Space& space) {
  const FeatureRows rows = test::grouped_table(space, FeatureRows::kBlock, kGroups);
  const FlatPoints points(rows);
  alignas(simd::kAlignment) float nearest[FeatureRows::kBlock];
  std::ranges::fill(nearest, 1e9F);
  alignas(simd::kAlignment) std::int32_t labels[FeatureRows::kBlock] = {};
  for (auto _ : state) {
    points.approach(kernels, rows, 0, 1, 1, nearest, labels);
    benchmark::DoNotOptimize(nearest);
  }
  count(state, static_cast<double>(3 * space.numeric + space.categories()));
}

/// Every `every`th row moves on to the next segment.
void move_sums(State& state, const Space& space, std::size_t every) {
  const FeatureRows rows = test::grouped_table(space, FeatureRows::kBlock, kGroups);
  const DataFacts facts = survey(comm::LocalCommunicator(), rows);
  ShardSums sums(rows, kGroups, facts);
  std::uint64_t moved = 0;
  Label labels[FeatureRows::kBlock];
  std::int32_t to[FeatureRows::kBlock];
  for (std::size_t row = 0; row < FeatureRows::kBlock; ++row) {
    moved |= std::uint64_t{row % every == 0} << row;
    labels[row] = static_cast<Label>(row % kGroups);
    to[row] = static_cast<std::int32_t>((row + 1) % kGroups);
  }
  for (auto _ : state) {
    sums.move(block_rows(rows, 0), moved, labels, to);
    benchmark::ClobberMemory();
  }
  count(state,
        4 * static_cast<double>(space.numeric + space.categories()) / static_cast<double>(every));
}

std::string name_of(const Space& space) {
  return space.categories() == 0 ? fmt::format("d:{}", space.numeric)
                                 : fmt::format("d:{}+{}", space.numeric, space.categories());
}

template <typename Run>
void add(const std::string& name, Run run) {
  benchmark::RegisterBenchmark(name.c_str(), run);
}

void add_all() {
  const Space mixed{8, {2, 3, 4, 5, 8, 10}};
  const std::vector<Space> spaces = {{8, {}}, {16, {}}, {32, {}}, {64, {}}, mixed};
  for (const NamedKernels& set : available_kernels()) {
    for (const Space& space : spaces) {
      for (const std::size_t segments : {4U, 16U, 24U, 32U, 64U, 256U}) {
        add(fmt::format("assign/{}/{}/k:{}", set.name, name_of(space), segments),
            [=](State& state) { assign(state, *set.kernels, space, segments); });
      }
      add(fmt::format("approach/{}/{}", set.name, name_of(space)),
          [=](State& state) { approach(state, *set.kernels, space); });
    }
  }
  for (const Space& space : spaces) {
    for (const std::size_t segments : {16U, 24U, 32U, 64U, 256U}) {
      if (kernels().screen != nullptr && space.categories() == 0) {
        add(fmt::format("screen/{}/k:{}", name_of(space), segments),
            [=](State& state) { screen(state, space, segments); });
      }
    }
  }
  for (const Space& space : spaces) {
    for (const std::size_t every : {1U, 16U}) {
      add(fmt::format("move/{}/every:{}", name_of(space), every),
          [=](State& state) { move_sums(state, space, every); });
    }
  }
}

}  // namespace
}  // namespace tessera::cluster

int main(int argc, char** argv) {
  tessera::cluster::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 64;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
