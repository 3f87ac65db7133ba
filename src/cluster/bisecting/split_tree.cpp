#include "cluster/bisecting/split_tree.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <memory>
#include <queue>
#include <span>
#include <utility>

#include "cluster/assign.hpp"
#include "cluster/seeding/seeding.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

/// A node while the tree grows, whether or not it will be part of it.
struct Growing {
  std::uint64_t key = 0;  // of its random choices: a function of its place in the tree
  FeatureRows* rows = nullptr;
  std::unique_ptr<FeatureRows> own;  // the same, but for the root; none once it has children
  DataFacts facts;
  double weight = 0;  // of the rows
  std::vector<double> mean;

  // its split; none if the gain is 0
  double gain = 0;
  LloydRun split;
  bool flipped = false;  // the second segment is the first child

  std::size_t first_child = 0;  // once their rows are together
};

/// By how much two means are better than one (J. Ward, "Hierarchical grouping to optimize an
/// objective function", 1963). Without a difference of large numbers.
double gain_of(const LloydRun& run) {
  if (run.sizes.size() < 2) {
    return 0;
  }
  const std::size_t dimensions = run.means.size() / 2;
  double squared = 0;
  for (std::size_t j = 0; j < dimensions; ++j) {
    const double difference = run.means[j] - run.means[dimensions + j];
    squared += difference * difference;
  }
  const double a = run.weights[0];
  const double b = run.weights[1];
  return a * b / (a + b) * squared;
}

/// The means of a split.
std::array<std::span<const double>, 2> means_of(const LloydRun& run) {
  const std::span<const double> all(run.means);
  return {all.first(all.size() / 2), all.subspan(all.size() / 2)};
}

/// Those of the values, of which each row has one, whose row has the label `label`.
template <typename Value>
std::vector<Value> chosen(std::span<const Value> values, std::span<const std::int32_t> labels,
                          std::int32_t label) {
  std::vector<Value> chosen;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (labels[row] == label) {
      chosen.push_back(values[row]);
    }
  }
  return chosen;
}

/// The rows whose label is `label`, in their order and with their keys and masses; `first_row`:
/// their number before this rank's.
std::unique_ptr<FeatureRows> pick(const FeatureRows& rows, std::span<const std::int32_t> labels,
                                  std::int32_t label, std::uint64_t first_row) {
  constexpr std::size_t kBlock = FeatureRows::kBlock;
  const auto count = static_cast<std::uint64_t>(std::ranges::count(labels, label));
  auto picked =
      std::make_unique<FeatureRows>(rows.space(), count, first_row, rows.categories().unseen());
  std::array<std::size_t, kBlock> from;
  std::array<std::uint16_t, kBlock> codes;
  std::uint64_t at = 0;
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < rows.rows_in_block(b); ++i) {
      from[found] = i;
      found += labels[b * kBlock + i] == label ? 1U : 0U;
    }
    const float* values = rows.numeric_block(b);
    for (std::size_t j = 0; j < rows.space().numeric; ++j, values += kBlock) {
      for (std::size_t n = 0; n < found; ++n) {
        picked->set_number(at + n, j, values[from[n]]);
      }
    }
    for (std::size_t c = 0; c < rows.space().categories(); ++c) {
      for (std::size_t n = 0; n < found; ++n) {
        codes[n] = rows.code(b * kBlock + from[n], c);
      }
      picked->set_codes(at, c, std::span(codes).first(found));
    }
    at += found;
  }
  if (!rows.stored_keys().empty()) {
    picked->set_keys(chosen(rows.stored_keys(), labels, label));
  }
  if (rows.weighted()) {
    picked->set_masses(chosen(rows.masses(), labels, label), rows.mass_exponent());
  }
  if (rows.has_drawn_masses()) {
    picked->set_drawn_masses(chosen(rows.stored_drawn_masses(), labels, label));
  }
  return picked;
}

class Grower {
 public:
  Grower(const comm::Communicator& comm, FeatureRows& rows, const DataFacts& facts,
         const SplitOptions& options)
      : comm_(comm),
        options_(options),
        random_(options.seed, numeric::kBisecting),
        monitor_(comm, rows, 0, 0),
        space_(rows.space()) {
    Growing& root = nodes_.emplace_back();
    root.key = random_.bits(0, 0);
    root.rows = &rows;
    root.facts = facts;
    root.weight = std::ldexp(static_cast<double>(facts.mass), facts.mass_exponent);
  }

  /// Collective. The mean of all rows: what a tree without splits has.
  void find_root_mean() {
    RowOrder order(*nodes_[0].rows);
    LloydObserver nobody;
    nodes_[0].mean = run_lloyd(comm_, order, nodes_[0].facts, monitor_, {Centroids(space_, 1)},
                               {.tolerance = 0}, nobody)
                         .front()
                         .means;
  }

  SplitTree grow(TrainingObserver& observer) {
    find_root_mean();
    find_splits(std::vector<std::size_t>{0});
    for (;;) {
      const Greedy greedy = choose();
      observer.on_progress(greedy.chosen.size() - greedy.to_expand.size() + 1, options_.segments);
      if (greedy.to_expand.empty()) {
        return tree_of(greedy.chosen);
      }
      find_splits(expand(greedy.to_expand));
    }
  }

 private:
  /// What would be split, one after the other, as far as it is known.
  struct Greedy {
    std::vector<std::size_t> chosen;
    std::vector<std::size_t> to_expand;  // of these, those whose children are not there yet
  };

  /// Whether the split of `a` comes after that of `b`.
  [[nodiscard]] bool is_behind(std::size_t a, std::size_t b) const {
    return nodes_[a].gain != nodes_[b].gain ? nodes_[a].gain < nodes_[b].gain
                                            : nodes_[a].key > nodes_[b].key;
  }

  [[nodiscard]] Greedy choose() const {
    const auto behind = [this](std::size_t a, std::size_t b) { return is_behind(a, b); };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(behind)> front(behind);
    front.push(0);
    Greedy greedy;
    while (greedy.chosen.size() + 1 < options_.segments && !front.empty()) {
      const std::size_t next = front.top();
      front.pop();
      if (!(nodes_[next].gain > 0)) {
        break;  // nor can any other leaf be split
      }
      greedy.chosen.push_back(next);
      if (const std::size_t child = nodes_[next].first_child; child > 0) {
        front.push(child);
        front.push(child + 1);
      } else {
        greedy.to_expand.push_back(next);
      }
    }
    // The first is certain; behind it, the children of those before may yet take the place of
    // others. Of those that are chosen for want of better ones, half turn out right, and more.
    if (greedy.chosen.size() + 1 == options_.segments) {
      greedy.to_expand.resize((greedy.to_expand.size() + 1) / 2);
    }
    return greedy;
  }

  /// Collective. Brings the rows of the children of `parents` together; returns the children.
  std::vector<std::size_t> expand(std::span<const std::size_t> parents) {
    std::vector<std::vector<std::int32_t>> labels;
    std::vector<std::uint64_t> counts;  // of both segments of each
    comm_.together([&] {
      for (const std::size_t parent : parents) {
        labels.push_back(assign(*nodes_[parent].rows, nodes_[parent].split.centroids));
        const auto first = static_cast<std::uint64_t>(std::ranges::count(labels.back(), 0));
        counts.push_back(first);
        counts.push_back(labels.back().size() - first);
      }
    });
    comm_.sum_of_lower_ranks(std::span(counts));  // of rows before this rank's, from now on
    std::vector<std::size_t> children;
    for (const std::size_t parent : parents) {
      nodes_[parent].first_child = nodes_.size();
      children.push_back(nodes_.size());
      children.push_back(nodes_.size() + 1);
      add_child(nodes_[parent], 0);
      add_child(nodes_[parent], 1);
    }
    comm_.together([&] {
      for (std::size_t n = 0; n < parents.size(); ++n) {
        Growing& parent = nodes_[parents[n]];
        for (std::size_t i = 0; i < 2; ++i) {
          const std::size_t segment = parent.flipped ? 1 - i : i;
          Growing& child = nodes_[parent.first_child + i];
          child.own = pick(*parent.rows, labels[n], static_cast<std::int32_t>(segment),
                           counts[2 * n + segment]);
          child.rows = child.own.get();
        }
        labels[n] = {};
        parent.own.reset();
        parent.rows = nullptr;
      }
    });
    return children;
  }

  void add_child(Growing& parent, std::size_t i) {
    const std::size_t segment = parent.flipped ? 1 - i : i;
    Growing child;
    child.key = random_.bits(parent.key, static_cast<std::uint32_t>(i + 1));
    const std::span<const double> mean = means_of(parent.split)[segment];
    child.mean.assign(mean.begin(), mean.end());
    child.facts = parent.facts;
    child.facts.rows_counted = parent.split.sizes[segment];
    child.weight = parent.split.weights[segment];
    // what the split left, spread evenly: it is the tolerance that this is for
    const double cells = parent.weight * static_cast<double>(mean.size());
    child.facts.mean_variance = std::max(0.0, parent.facts.mean_variance - parent.gain / cells);
    nodes_.push_back(std::move(child));
  }

  /// Collective. Looks for the best split of each of `leaves`, all side by side.
  void find_splits(std::span<const std::size_t> leaves) {
    std::vector<std::unique_ptr<RowOrder>> orders;
    std::vector<LloydStart> starts;
    std::vector<std::size_t> of;  // whose each start is
    for (const std::size_t leaf : leaves) {
      Growing& node = nodes_[leaf];
      orders.push_back(std::make_unique<RowOrder>(*node.rows));
      for (std::uint32_t i = 0; i < options_.restarts && node.facts.rows_counted >= 2; ++i) {
        starts.push_back(
            {orders.back().get(), &node.facts,
             seed_centroids(comm_, *node.rows, node.facts, Init::kPlusPlus, 2, node.key, i)});
        of.push_back(leaf);
      }
    }
    LloydObserver nobody;
    std::vector<LloydRun> runs =
        run_lloyd(comm_, monitor_, std::move(starts), options_.lloyd, nobody);
    std::uint64_t longest = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      longest = std::max(longest, runs[i].iterations);
      Growing& node = nodes_[of[i]];
      if (const double gain = gain_of(runs[i]); gain > node.gain) {
        node.gain = gain;
        node.split = std::move(runs[i]);
        const auto [first, second] = means_of(node.split);
        node.flipped = node.split.weights[0] != node.split.weights[1]
                           ? node.split.weights[0] < node.split.weights[1]
                           : std::ranges::lexicographical_compare(second, first);
      }
    }
    iterations_ += longest;
  }

  /// The tree whose splits are `chosen`, in their order.
  [[nodiscard]] SplitTree tree_of(std::span<const std::size_t> chosen) const {
    SplitTree tree;
    tree.iterations = iterations_;
    tree.nodes.push_back({.size = nodes_[0].facts.rows_counted, .weight = nodes_[0].weight});
    std::vector<std::size_t> grown = {0};             // of each node of the tree
    std::vector<std::uint64_t> place(nodes_.size());  // the other way round
    for (const std::size_t node : chosen) {
      const Growing& parent = nodes_[node];
      SplitNode& split = tree.nodes[place[node]];
      split.first_child = tree.nodes.size();
      split.gain = parent.gain;
      tree.converged = tree.converged && parent.split.converged;
      for (std::size_t i = 0; i < 2; ++i) {
        place[parent.first_child + i] = tree.nodes.size();
        grown.push_back(parent.first_child + i);
        const Growing& child = nodes_[parent.first_child + i];
        tree.nodes.push_back(
            {.parent = place[node], .size = child.facts.rows_counted, .weight = child.weight});
      }
    }
    tree.means = Centroids(space_, 0);
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      if (tree.nodes[i].first_child == 0) {
        tree.leaves.push_back(i);
        ++tree.means.count;
        for (const double coordinate : nodes_[grown[i]].mean) {
          tree.means.values.push_back(static_cast<float>(coordinate));
        }
      }
    }
    return tree;
  }

  const comm::Communicator& comm_;
  const SplitOptions& options_;
  numeric::Random random_;
  quality::SilhouetteMonitor monitor_;  // that watches nothing
  features::Space space_;
  std::deque<Growing> nodes_;
  std::uint64_t iterations_ = 0;
};

}  // namespace

SplitTree grow_tree(const comm::Communicator& comm, FeatureRows& rows, const DataFacts& facts,
                    const SplitOptions& options, TrainingObserver& observer) {
  return Grower(comm, rows, facts, options).grow(observer);
}

}  // namespace tessera::cluster
