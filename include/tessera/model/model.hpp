/// \file
/// A trained model: recipe, segmentation, profile, how it was made. One HDF5 file (FORMAT.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "tessera/base/fields.hpp"
#include "tessera/cluster/segmentation.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/model/profile.hpp"
#include "tessera/quality/estimate.hpp"

namespace tessera::model {

/// What training found.
struct Training {
  std::uint64_t rows = 0;
  std::uint64_t segments_asked = 0;  ///< the model may have fewer: with fewer distinct rows
  std::uint64_t iterations = 0;      ///< of the run that was kept
  std::uint64_t updates = 0;         ///< iterations after which its centroids changed
  std::uint64_t restarts = 1;
  std::uint64_t seed = 0;
  bool converged = false;
  /// Levels of fewer customers have no names, statistics of fewer are hidden; 0 or 1: nothing is.
  std::uint64_t min_group = 1;
  /// Of a sample, NaN without one.
  quality::Estimate silhouette = {.variant = quality::Variant::kWithinSample};
  /// The method's own options, as they were in effect.
  std::map<std::string, std::string> options = {};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.rows, Field{.name = "rows"});
    visit(self.segments_asked, Field{.name = "segments_asked"});
    visit(self.iterations, Field{.name = "iterations"});
    visit(self.updates, Field{.name = "updates"});
    visit(self.restarts, Field{.name = "restarts"});
    visit(self.seed, Field{.name = "seed"});
    visit(self.converged, Field{.name = "converged"});
    visit(self.min_group, Field{.name = "min_group"});
    visit(self.silhouette.rows, Field{.name = "silhouette_rows"});
    visit(self.silhouette.value, Field{.name = "silhouette"});
    visit(self.silhouette.standard_error, Field{.name = "silhouette_error"});
  }
};

struct Model {
  features::Recipe recipe;
  std::shared_ptr<const cluster::Segmentation> segmentation;
  Profile profile;
  Training training;
  /// Where it came from: "created", "version", "input", "command", ... Not part of the digest.
  std::map<std::string, std::string> provenance;

  [[nodiscard]] std::size_t segments() const { return segmentation->segments(); }
  /// Rows of each segment in training, of those that weigh something.
  [[nodiscard]] std::span<const std::uint64_t> sizes() const { return segmentation->sizes(); }
  /// What these weigh; empty where each row weighs 1.
  [[nodiscard]] std::span<const double> weights() const { return segmentation->weights(); }
  /// Name of dimension `j` for people: "Income", or "Education=PhD".
  [[nodiscard]] std::string dimension_name(std::size_t j) const;

  /// SHA-256 of what the model means: recipe, and what the segmentation lists. Two models with the
  /// same digest treat every customer alike. Of rows that have weights it takes what they weigh in
  /// place of how many they are, so that whole weights give the digest of rows that are repeated.
  [[nodiscard]] std::string digest() const;
};

/// Collective; the root's model is written and `output` committed. Throws kCannotCreate or kIo.
void save(const Model& model, io::H5Output& output);

/// Collective. Whether `path` is an HDF5 file that holds a model. Throws kNoInput, or kBadData if
/// it is no HDF5 file at all. A path into a file (FILE.h5:/GROUP) is never a model.
[[nodiscard]] bool is_model(const comm::Communicator& comm, const std::string& path);

/// Collective; every rank gets the model. Throws kNoInput, or kBadData if the file is not a model
/// of Tessera, is of a later format version or is damaged.
[[nodiscard]] Model load(const comm::Communicator& comm, const std::string& path);

}  // namespace tessera::model
