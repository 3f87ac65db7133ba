#include <algorithm>
#include <array>
#include <utility>

#include "cluster/kmeans/kmeans.hpp"
#include "cluster/measured.hpp"
#include "cluster/methods.hpp"
#include "cluster/restarts.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/features/rows/masses.hpp"

namespace tessera::cluster {

/// Init, or what the caller brings.
enum class FirstCentroids { kParallel, kPlusPlus, kRandom, kRows, kFile };

}  // namespace tessera::cluster

namespace tessera {

template <>
struct Choices<cluster::FirstCentroids> {
  using enum cluster::FirstCentroids;
  static constexpr auto all =
      std::to_array<Choice<cluster::FirstCentroids>>({{kParallel, "k-means||"},
                                                      {kPlusPlus, "k-means++"},
                                                      {kRandom, "random"},
                                                      {kRows, "rows"},
                                                      {kFile, "file"}});
};

}  // namespace tessera

namespace tessera::cluster {
namespace {

using features::FeatureRows;

struct Options {
  FirstCentroids init = FirstCentroids::kParallel;
  std::string restarts = "auto";
  LloydOptions lloyd;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.init,
          Field{.name = "init",
                .value = "HOW",
                .help = "first centroids: k-means||, k-means++, random, rows (row i*n/k), file"});
    visit(self.restarts, kRestartsField);
    visit_fields(self.lloyd, visit);
  }
};

/// How to seed; for centroids that the caller brings anything.
Init seeding(FirstCentroids first) {
  switch (first) {
    case FirstCentroids::kPlusPlus:
      return Init::kPlusPlus;
    case FirstCentroids::kRandom:
      return Init::kRandom;
    case FirstCentroids::kRows:
      return Init::kRows;
    default:
      return Init::kParallel;
  }
}

class KMeans final : public MethodWith<Options> {
 public:
  [[nodiscard]] std::string_view name() const override { return "k-means"; }
  [[nodiscard]] std::string_view help() const override {
    return "segments by the nearest of as many means (Lloyd)";
  }
  [[nodiscard]] bool wants_start() const override { return own().init == FirstCentroids::kFile; }

  void check(const TrainTask& task) const override {
    MethodWith::check(task);
    check_restarts(own().restarts);
  }

  [[nodiscard]] std::uint64_t bytes_per_row(const TrainTask& task,
                                            const TableSize& size) const override {
    const std::size_t most = runs_at_once(features::training_row_bytes(size.space));
    const std::uint32_t asked = runs(task, size);
    const bool again = asked > most;  // seeds are drawn again, for which keys are kept
    return state_bytes_per_row(std::min<std::size_t>(asked, most)) +
           (size.with_keys && again ? sizeof(std::uint64_t) : 0);
  }

  [[nodiscard]] std::uint64_t fixed_bytes(const TrainTask& task, const TableSize& size,
                                          int ranks) const override {
    const std::size_t most = runs_at_once(features::training_row_bytes(size.space));
    return Method::fixed_bytes(task, size, ranks) +
           (std::min<std::size_t>(runs(task, size), most) - 1) * centroid_bytes(task, size);
  }

  [[nodiscard]] Trained train(const comm::Communicator& comm, FeatureRows& rows,
                              const TrainTask& task, TrainingObserver& observer) const override {
    check(task);
    const std::uint32_t restarts =
        runs(task, {features::rows_if_repeated(comm, rows), rows.space()});
    KMeansResult result = train_kmeans(comm, rows,
                                       {.segments = task.segments,
                                        .init = seeding(own().init),
                                        .given = wants_start() ? task.start : std::nullopt,
                                        .restarts = restarts,
                                        .lloyd = own().lloyd,
                                        .silhouette_sample = task.silhouette_sample,
                                        .seed = task.seed,
                                        .release_keys = true},
                                       observer);
    return measured(comm, rows, std::move(result.best), restarts, observer,
                    [&](CentroidSegmentation::Values values) {
                      return std::make_shared<CentroidSegmentation>(std::string(name()),
                                                                    std::move(values));
                    });
  }

  [[nodiscard]] std::shared_ptr<const Segmentation> read(const features::Space& space,
                                                         const ValueSource& source) const override {
    return std::make_shared<CentroidSegmentation>(std::string(name()), space, source);
  }

 private:
  [[nodiscard]] std::uint32_t runs(const TrainTask& task, const TableSize& size) const {
    const bool all_alike = wants_start() || own().init == FirstCentroids::kRows;
    return own().restarts == "auto" && all_alike
               ? 1
               : restarts_in_effect(own().restarts, size, task.segments);
  }
};

}  // namespace

std::unique_ptr<Method> make_kmeans() { return std::make_unique<KMeans>(); }

}  // namespace tessera::cluster
