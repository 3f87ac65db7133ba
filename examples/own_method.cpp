// A method of one's own, trained on a table: own_method TABLE SEGMENTS
#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/cluster/method.hpp"
#include "tessera/comm/mpi_session.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/quality/inertia.hpp"
#include "tessera/table/table.hpp"

namespace {

using tessera::Field;
using tessera::cluster::Centroids;
using tessera::cluster::CentroidSegmentation;
using tessera::cluster::Segmentation;
using tessera::cluster::TableSize;
using tessera::cluster::Trained;
using tessera::cluster::TrainingObserver;
using tessera::cluster::TrainTask;
using tessera::cluster::ValueSource;
using tessera::comm::Communicator;
using tessera::features::FeatureRows;
using tessera::features::Space;

/// What the user can choose. The list makes options of them, checked and with help.
struct Options {
  std::uint64_t first = 0;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.first, Field{.name = "first_row", .value = "N", .help = "the first row to pick"});
  }
};

/// Picks rows at equal distances in the table, and gives each row to the nearest of these.
class EveryNth final : public tessera::cluster::MethodWith<Options> {
 public:
  [[nodiscard]] std::string_view name() const override { return "every-nth"; }
  [[nodiscard]] std::string_view help() const override { return "rows at equal distances"; }
  [[nodiscard]] std::uint64_t bytes_per_row(const TrainTask&, const TableSize&) const override {
    return sizeof(std::int32_t);
  }

  [[nodiscard]] Trained train(const Communicator& comm, FeatureRows& rows, const TrainTask& task,
                              TrainingObserver& observer) const override {
    check(task);
    observer.on_phase("pick");
    const std::uint64_t count = comm.all_sum(rows.rows());
    tessera::cluster::check_enough_rows("the table", count, task.segments);

    // Each rank brings those of the rows that it holds. In rank order they are in row order, so
    // that any number of ranks picks the same.
    std::vector<float> mine;
    std::vector<float> row(rows.space().dimensions());
    for (std::uint64_t i = 0; i < task.segments; ++i) {
      const std::uint64_t picked = std::min(own().first + i * (count / task.segments), count - 1);
      if (rows.contains(picked)) {
        rows.expand(picked - rows.first_row(), row);
        mine.insert(mine.end(), row.begin(), row.end());
      }
    }
    Centroids centroids(rows.space(), task.segments);
    centroids.values = comm.all_gather(mine);
    sort_by_size(comm, rows, centroids);

    Trained trained;
    CentroidSegmentation::Values values{centroids, sizes_of(comm, rows, centroids), 0};
    trained.labels = labels_of(rows, centroids);
    values.inertia = tessera::quality::inertia(
        comm, {rows, trained.labels, static_cast<int>(task.segments)}, centroids.values);
    trained.segmentation =
        std::make_shared<CentroidSegmentation>(std::string(name()), std::move(values));
    trained.converged = true;
    return trained;
  }

  [[nodiscard]] std::shared_ptr<const Segmentation> read(const Space& space,
                                                         const ValueSource& source) const override {
    return std::make_shared<CentroidSegmentation>(std::string(name()), space, source);
  }

 private:
  static std::vector<std::int32_t> labels_of(const FeatureRows& rows, const Centroids& centroids) {
    return CentroidSegmentation("", {centroids, {}, 0}).labels(rows);
  }

  static std::vector<std::uint64_t> sizes_of(const Communicator& comm, const FeatureRows& rows,
                                             const Centroids& centroids) {
    std::vector<std::uint64_t> sizes(centroids.count);
    for (const std::int32_t label : labels_of(rows, centroids)) {
      ++sizes[static_cast<std::size_t>(label)];
    }
    comm.all_reduce(std::span<std::uint64_t>(sizes), tessera::comm::Op::kSum);
    return sizes;
  }

  /// Segments are numbered by size, largest first.
  static void sort_by_size(const Communicator& comm, const FeatureRows& rows,
                           Centroids& centroids) {
    const std::vector<std::uint64_t> sizes = sizes_of(comm, rows, centroids);
    std::vector<std::size_t> order(sizes.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return sizes[i]; });
    const Centroids before = centroids;
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::ranges::copy(before.row(order[i]), centroids.row(i).begin());
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s TABLE SEGMENTS\n", argv[0]);
    return 64;
  }
  const tessera::comm::MpiSession session;
  const Communicator& comm = session.world();
  try {
    const auto table = tessera::table::open_table(comm, argv[1]);
    tessera::features::Fitted fitted = tessera::features::fit(comm, *table, {});
    EveryNth method;
    method.set("first_row", "1");
    TrainTask task;
    task.segments = std::stoul(argv[2]);
    TrainingObserver nobody;
    const Trained trained = method.train(comm, fitted.rows, task, nobody);
    if (comm.is_root()) {
      std::printf("inertia %.10g\n", trained.segmentation->inertia());
      for (const std::uint64_t size : trained.segmentation->sizes()) {
        std::printf("%llu customers\n", static_cast<unsigned long long>(size));
      }
    }
  } catch (const tessera::Error& error) {
    if (comm.is_root()) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    return static_cast<int>(error.code());
  }
  return 0;
}
