/// \file
/// A way of making segments. What exists is listed in src/cluster/methods.cpp; a new one comes as a
/// file with a class that derives from MethodWith<its options>, and a line in that list.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/segmentation.hpp"
#include "tessera/cluster/training.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// A row's segment is kept in 16 bits.
inline constexpr std::uint64_t kMostSegments = 65'534;
/// Each watched row is compared with all others, in each iteration.
inline constexpr std::uint64_t kMostWatched = 20'000;

/// What is asked of any method.
struct TrainTask {
  std::uint64_t segments = 0;  ///< to be given
  std::uint64_t seed = 0;
  std::uint64_t silhouette_sample = 512;  ///< rows whose silhouette is watched; 0: none
  std::optional<Centroids> start = {};    ///< of Method::wants_start(): as many as segments

  /// All but `start` and the seed, which all of a program's random choices share.
  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.segments, Field{.name = "segments",
                               .value = "K",
                               .help = "number of segments; required",
                               .least = 1,
                               .most = kMostSegments});
    visit(self.silhouette_sample,
          Field{.name = "silhouette_sample",
                .value = "N",
                .help = "rows whose silhouette is watched while training; 0: none",
                .most = kMostWatched});
  }
};

/// The size of a table, as far as a training's cost depends on it.
struct TableSize {
  std::uint64_t rows = 0;  ///< of all ranks
  features::Space space;
  bool with_keys = false;  ///< whether keys of the rows are stored (FeatureRows::set_keys)
};

/// What training found.
struct Trained {
  std::shared_ptr<const Segmentation> segmentation;
  std::vector<std::int32_t> labels;  ///< of this rank's rows, as Segmentation::labels() gives them
  std::uint64_t iterations = 0;      ///< of the run that was kept
  std::uint64_t updates = 0;         ///< of these, those after which its centroids changed
  std::uint64_t restarts = 1;        ///< runs made
  bool converged = false;
  quality::Estimate silhouette;  ///< within a sample
};

/// An option of a method.
struct MethodOption {
  Field field;
  std::string value;  ///< as text; at first the default
};

class Method {
 public:
  Method() = default;
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  virtual ~Method() = default;

  /// As the command line and the model file know it: "k-means".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// One line for people.
  [[nodiscard]] virtual std::string_view help() const = 0;

  /// Its own options, in the order in which people see them. Methods may have options of the same
  /// name, which then mean the same.
  [[nodiscard]] virtual std::vector<MethodOption> options() const = 0;
  /// Sets one. False if there is none of this name. Throws kUsage about it if the text is no such
  /// value, or out of range.
  virtual bool set(std::string_view name, std::string_view text) = 0;

  /// Whether its options say that it goes from centroids that the caller brings.
  [[nodiscard]] virtual bool wants_start() const { return false; }

  /// Throws kUsage about the option that cannot be, whatever the table.
  virtual void check(const TrainTask& task) const { check_fields(task); }

  /// Bytes per row of a rank's share that training needs beside the prepared rows.
  [[nodiscard]] virtual std::uint64_t bytes_per_row(const TrainTask& task,
                                                    const TableSize& size) const = 0;
  /// Likewise of a rank, whatever its share.
  [[nodiscard]] virtual std::uint64_t fixed_bytes(const TrainTask& task, const TableSize& size,
                                                  int ranks) const;
  /// Of these, what the centroids of one run and their sums take.
  [[nodiscard]] static std::uint64_t centroid_bytes(const TrainTask& task, const TableSize& size);

  /// Collective. The same, bit for bit, at any number of ranks. Throws as check() and
  /// check_enough_rows() do. The rows may change their order on the way, and are in the first one
  /// again in the end; their keys may be gone.
  [[nodiscard]] virtual Trained train(const comm::Communicator& comm, features::FeatureRows& rows,
                                      const TrainTask& task, TrainingObserver& observer) const = 0;

  /// The segmentation that listed these values, which is then checked: throws
  /// std::invalid_argument if no training could have made it.
  [[nodiscard]] virtual std::shared_ptr<const Segmentation> read(
      const features::Space& space, const ValueSource& source) const = 0;
};

/// A method whose options are the fields of a struct (tessera/base/fields.hpp).
template <HasFields Options>
class MethodWith : public Method {
 public:
  [[nodiscard]] std::vector<MethodOption> options() const override {
    std::vector<MethodOption> all;
    visit_fields(options_, [&](const auto& member, const Field& field) {
      all.push_back({field, field_text(member)});
    });
    return all;
  }
  bool set(std::string_view name, std::string_view text) override {
    bool known = false;
    visit_fields(options_, [&](auto& member, const Field& field) {
      if (field.name != name) {
        return;
      }
      known = true;
      auto value = member;
      if (!read_field(value, text)) {
        fail_about(name, ExitCode::kUsage, "{} {}: expected {}", name, text,
                   kind_of_field<std::decay_t<decltype(member)>>(field));
      }
      check_field(value, field);
      member = std::move(value);
    });
    return known;
  }
  void check(const TrainTask& task) const override {
    Method::check(task);
    check_fields(options_);
  }

  [[nodiscard]] const Options& own() const { return options_; }
  [[nodiscard]] Options& own() { return options_; }

 private:
  Options options_;
};

/// All methods, new ones with their default options; the first is what is meant where none is
/// named.
[[nodiscard]] std::vector<std::unique_ptr<Method>> all_methods();
/// One of them. Throws kUsage about "method" if there is none of this name.
[[nodiscard]] std::unique_ptr<Method> make_method(std::string_view name);

/// Throws kBadData about "segments" if `rows` rows of `table`, a name for the message, are too few
/// for `segments`.
void check_enough_rows(std::string_view table, std::uint64_t rows, std::uint64_t segments);

}  // namespace tessera::cluster
