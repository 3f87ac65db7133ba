/// \file
/// Training: a table in, a model out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/cluster/method.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/features/rows/id_keys.hpp"
#include "tessera/model/model.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/model/small_segments.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/pipeline/prepare.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// An option of one method or more, as text until it is known which is meant.
struct MethodOption {
  Field field;
  std::string value;
  std::string by_default;
};

/// All options that some method has, each once, with their defaults.
[[nodiscard]] std::vector<MethodOption> options_of_methods();
/// Throws kUsage about the option if its value is none for the methods that have it.
void check(const MethodOption& option);

struct TrainOptions {
  features::FitOptions fit;
  cluster::TrainTask task;  ///< `start` is read from init_file
  std::string method = "k-means";
  std::vector<MethodOption> method_options;  ///< those that are not the default have to be its own
  std::string init_file;  ///< where the method goes from given centroids: a model, or a table
  std::uint64_t min_group = model::kMinGroup;
  std::string prepare = std::string(kUsual);  ///< or kAuto: see decide_recipe()

  static constexpr std::string_view kUsual = "usual";
  static constexpr std::string_view kAuto = "auto";
  static constexpr Field kPrepare{
      .name = "prepare",
      .value = "HOW",
      .help =
          "usual: columns as the options say; auto: also their steps, and which are left out, "
          "by what 'tessera check' finds"};
  static constexpr Field kInitFile{
      .name = "init_file",
      .value = "FILE",
      .help = "for --init file: a model, or a table of K rows in raw units"};
  /// All but the method and its options, which are known once a method is, and the seed.
  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    features::FitOptions::fields(self.fit, visit);
    cluster::TrainTask::fields(self.task, visit);
    visit(self.prepare, kPrepare);
    visit(self.init_file, kInitFile);
    visit(self.min_group, model::kMinGroupField);
  }
};

/// Throws kUsage about the field whose value cannot be, whatever the table. Not collective.
void check(const TrainOptions& options);

/// What a training would be of, and what it needs.
struct TrainPlan {
  features::Selection selection;
  std::uint64_t bytes_per_rank = 0;  ///< of memory, about: the formula of the README
};

/// Collective. Throws as train() does, as far as names, types and numbers of rows tell, and kUnfit
/// where that is more memory than a node has.
[[nodiscard]] TrainPlan plan_training(const comm::Communicator& comm, const table::Table& table,
                                      const TrainOptions& options);

/// What a training found strange in its table. The observer was warned of it.
struct TrainFindings {
  std::vector<features::LeftOut> left_out;
  std::vector<std::string> two_valued;  ///< columns of numbers that were taken as categories
  features::IdFaults ids;
  std::vector<model::SmallSegment> small_segments;
  std::vector<Decision> decisions;  ///< of prepare auto
};

struct TrainResult {
  model::Model model;  ///< without provenance
  TrainFindings findings;
  features::FeatureRows rows;  ///< this rank's share of the table, prepared
};

/// Collective. The model is the same, bit for bit, at any number of ranks. Throws kUsage where
/// check() does, and kBadData where the table does not have what is asked for.
[[nodiscard]] TrainResult train(const comm::Communicator& comm, const table::Table& table,
                                const TrainOptions& options, Observer& observer);

}  // namespace tessera::pipeline
