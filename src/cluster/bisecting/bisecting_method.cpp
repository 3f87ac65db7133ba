// Bisecting k-means as one of the methods.
#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "cluster/bisecting/split_tree.hpp"
#include "cluster/kmeans/kmeans.hpp"
#include "cluster/measured.hpp"
#include "cluster/methods.hpp"
#include "cluster/restarts.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/features/rows/masses.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr const char* kName = "bisecting";

// Of the tolerance. What a split would still gain in many more iterations, the polish gains in few.
constexpr double kSplitTolerance = 100;

struct Options {
  std::string restarts = "auto";  // of each split
  LloydOptions lloyd;
  std::uint64_t polish = 5;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.restarts, kRestartsField);
    visit_fields(self.lloyd, visit);
    visit(self.polish, Field{.name = "polish",
                             .value = "N",
                             .help = "bisecting: iterations of all segments together in the end"});
  }
};

/// The tree, as it is listed.
struct TreeValues {
  std::vector<std::uint64_t> parent;
  std::vector<std::uint64_t> first_child;
  std::vector<std::uint64_t> size;
  std::vector<double> weight;  // empty where each row weighs 1
  std::vector<double> gain;
  std::vector<std::uint64_t> segment;  // of leaves, from 1; 0: no row is nearest to it any more

  template <typename Self, typename Visitor>
  static void list(Self& self, Visitor& visitor) {
    std::uint64_t nodes = self.parent.size();
    visitor.number("tree/nodes", nodes);
    visitor.array("tree/parent", self.parent, 1);
    visitor.array("tree/first_child", self.first_child, 1);
    visitor.counts("tree/size", self.size, "tree/weight", self.weight);
    visitor.array("tree/gain", self.gain, 1);
    visitor.array("tree/segment", self.segment, 1);
    if (nodes != self.parent.size()) {
      throw std::invalid_argument("another number of nodes");
    }
  }

  /// Whether it is one, whose leaves are of so many segments.
  [[nodiscard]] bool is_tree(std::size_t segments) const {
    const std::size_t nodes = parent.size();
    bool good = (weight.empty() || weight.size() == nodes) && nodes % 2 == 1 &&
                first_child.size() == nodes && size.size() == nodes && gain.size() == nodes &&
                segment.size() == nodes;
    for (std::size_t i = 0; good && i < nodes; ++i) {
      const std::uint64_t child = first_child[i];
      good = (i == 0 || (parent[i] < i && first_child[parent[i]] == i - (i - 1) % 2)) &&
             (child == 0 || (child > i && child + 1 < nodes && parent[child] == i)) &&
             segment[i] <= segments && std::isfinite(gain[i]) &&
             (weight.empty() || std::isfinite(weight[i]));
    }
    return good;
  }
};

class BisectedSegmentation final : public CentroidSegmentation {
 public:
  BisectedSegmentation(Values values, TreeValues tree)
      : CentroidSegmentation(kName, std::move(values)), tree_(std::move(tree)) {}
  BisectedSegmentation(const features::Space& space, const ValueSource& source)
      : CentroidSegmentation(kName, space, source) {
    TreeValues::list(tree_, source);
    if (!tree_.is_tree(segments())) {
      throw std::invalid_argument("no tree of splits");
    }
  }

  void visit(ValueVisitor& visitor) const override {
    CentroidSegmentation::visit(visitor);
    TreeValues::list(tree_, visitor);
  }

  [[nodiscard]] std::string describe() const override {
    std::string text =
        "splits (customers that were together; how much inertia the split took off)\n";
    std::vector<std::pair<std::uint64_t, std::size_t>> to_come = {{0, 1}};  // nodes, their depth
    while (!to_come.empty()) {
      const auto [node, depth] = to_come.back();
      to_come.pop_back();
      text += std::string(2 * depth, ' ') + grouped(tree_.size[node]) +
              (tree_.weight.empty() ? "" : fmt::format(" (weight {:.6g})", tree_.weight[node]));
      if (const std::uint64_t child = tree_.first_child[node]; child > 0) {
        text += fmt::format(": {:.6g}\n", tree_.gain[node]);
        to_come.emplace_back(child + 1, depth + 1);
        to_come.emplace_back(child, depth + 1);
      } else if (tree_.segment[node] > 0) {
        text += fmt::format("  segment {}\n", tree_.segment[node]);
      } else {
        text += "  no segment: its customers are nearer to others\n";
      }
    }
    return text;
  }

 private:
  TreeValues tree_;
};

/// `leaf_of`: which leaf each segment was.
TreeValues values_of(const SplitTree& tree, std::span<const std::size_t> leaf_of, bool weighted) {
  TreeValues values;
  for (const SplitNode& node : tree.nodes) {
    values.parent.push_back(node.parent);
    values.first_child.push_back(node.first_child);
    values.size.push_back(node.size);
    if (weighted) {
      values.weight.push_back(node.weight);
    }
    values.gain.push_back(node.gain);
  }
  values.segment.resize(tree.nodes.size());
  for (std::size_t segment = 0; segment < leaf_of.size(); ++segment) {
    values.segment[tree.leaves[leaf_of[segment]]] = segment + 1;
  }
  return values;
}

/// The iterations of the polish, as those of the one run that there is.
class PolishObserver final : public LloydObserver {
 public:
  explicit PolishObserver(TrainingObserver& observer) : observer_(observer) {}
  void on_iteration(std::size_t run, const IterationReport& report) override {
    observer_.on_iteration(run, report);
  }

 private:
  TrainingObserver& observer_;
};

class Bisecting final : public MethodWith<Options> {
 public:
  [[nodiscard]] std::string_view name() const override { return kName; }
  [[nodiscard]] std::string_view help() const override {
    return "splits in two, again and again, where it gains most; for many segments";
  }

  void check(const TrainTask& task) const override {
    MethodWith::check(task);
    check_restarts(own().restarts);
  }

  /// The rows of the leaves are copies, and so are their keys.
  [[nodiscard]] std::uint64_t bytes_per_row(const TrainTask& task,
                                            const TableSize& size) const override {
    const std::size_t keys = size.with_keys ? 2 * sizeof(std::uint64_t) : 0;
    return features::training_row_bytes(size.space) + keys +
           state_bytes_per_row(restarts_in_effect(own().restarts, size, task.segments));
  }

  [[nodiscard]] Trained train(const comm::Communicator& comm, FeatureRows& rows,
                              const TrainTask& task, TrainingObserver& observer) const override {
    check(task);
    check_enough_rows("the table", comm.all_sum(rows.rows()), task.segments);
    const std::uint32_t restarts = restarts_in_effect(
        own().restarts, {features::rows_if_repeated(comm, rows), rows.space()}, task.segments);
    observer.on_runs(1);
    observer.on_phase("survey");
    const DataFacts facts = survey(comm, rows);
    const quality::SilhouetteMonitor monitor(comm, rows, task.silhouette_sample, task.seed);
    observer.on_phase("split");
    const SplitTree tree =
        grow_tree(comm, rows, facts,
                  {.segments = task.segments,
                   .restarts = restarts,
                   .lloyd = {own().lloyd.max_iterations, kSplitTolerance * own().lloyd.tolerance},
                   .seed = task.seed},
                  observer);
    observer.on_phase("polish");
    LloydRun run = polished(comm, rows, facts, monitor, tree.means, observer);
    observer.on_phase("number segments");
    run = renumber(comm, rows, facts, monitor, std::move(run));

    run.iterations += tree.iterations;
    run.converged = tree.converged;
    TreeValues splits = values_of(tree, run.origins, rows.weighted());
    return measured(
        comm, rows, std::move(run), restarts, observer, [&](CentroidSegmentation::Values values) {
          return std::make_shared<BisectedSegmentation>(std::move(values), std::move(splits));
        });
  }

  [[nodiscard]] std::shared_ptr<const Segmentation> read(const features::Space& space,
                                                         const ValueSource& source) const override {
    return std::make_shared<BisectedSegmentation>(space, source);
  }

 private:
  /// Collective. All rows go to the nearest of the leaves' means, and the means to their rows, a
  /// few times.
  [[nodiscard]] LloydRun polished(const comm::Communicator& comm, FeatureRows& rows,
                                  const DataFacts& facts, const quality::SilhouetteMonitor& monitor,
                                  const Centroids& means, TrainingObserver& observer) const {
    RowOrder order(rows);
    PolishObserver watching(observer);
    return run_lloyd(comm, order, facts, monitor, {means},
                     {.max_iterations = own().polish, .tolerance = own().lloyd.tolerance}, watching)
        .front();
  }
};

}  // namespace

std::unique_ptr<Method> make_bisecting() { return std::make_unique<Bisecting>(); }

}  // namespace tessera::cluster
