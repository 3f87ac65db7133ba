/// \file
/// What a method makes of a table: segments, and how to find those of other rows. Immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/cluster/centroids.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// Scores of rows one after the other: what a Scorer fills, and a file of scores holds.
struct ScoreSpan {
  std::span<std::int32_t> segments;  ///< from 0; -1: in none
  std::span<float> numbers;          ///< rows x columns(), row-major
};

/// Scores rows against a segmentation, again and again. Not collective.
class Scorer {
 public:
  Scorer() = default;
  Scorer(const Scorer&) = delete;
  Scorer& operator=(const Scorer&) = delete;
  virtual ~Scorer() = default;

  /// What is told of a row beside its segment, as columns are called in a file: "distance",
  /// "margin", ... They are the method's own.
  [[nodiscard]] virtual std::span<const std::string> columns() const = 0;

  /// Scores rows [first, first + out.segments.size()) of `rows`: whole blocks, but for the last
  /// one.
  virtual void score(const features::FeatureRows& rows, std::uint64_t first,
                     const ScoreSpan& out) const = 0;
};

/// Takes the values that make up a segmentation, one after the other, in the order in which its
/// class lists them: for a file, a digest, or people. Names are snake_case; "tree/gain" is "gain"
/// in the group "tree". The length of an array follows from numbers that came before.
class ValueVisitor {
 public:
  ValueVisitor() = default;
  ValueVisitor(const ValueVisitor&) = delete;
  ValueVisitor& operator=(const ValueVisitor&) = delete;
  virtual ~ValueVisitor() = default;

  virtual void number(std::string_view name, std::uint64_t value) = 0;
  virtual void number(std::string_view name, double value) = 0;
  /// Arrays of rows of `width` values.
  virtual void array(std::string_view name, std::span<const float> values, std::size_t width) = 0;
  virtual void array(std::string_view name, std::span<const double> values, std::size_t width) = 0;
  virtual void array(std::string_view name, std::span<const std::uint64_t> values,
                     std::size_t width) = 0;
  /// How many rows, and beside it what they weigh; no weights where they are as many as they weigh.
  virtual void counts(std::string_view rows_name, std::span<const std::uint64_t> rows,
                      std::string_view weights_name, std::span<const double> weights) {
    array(rows_name, rows, 1);
    if (!weights.empty()) {
      array(weights_name, weights, 1);
    }
  }
};

/// Gives the values back that a ValueVisitor took, by their names. Throws Error, or
/// std::out_of_range, where there is no such value.
class ValueSource {
 public:
  ValueSource() = default;
  ValueSource(const ValueSource&) = delete;
  ValueSource& operator=(const ValueSource&) = delete;
  virtual ~ValueSource() = default;

  virtual void number(std::string_view name, std::uint64_t& value) const = 0;
  virtual void number(std::string_view name, double& value) const = 0;
  virtual void array(std::string_view name, std::vector<float>& values,
                     std::size_t width) const = 0;
  virtual void array(std::string_view name, std::vector<double>& values,
                     std::size_t width) const = 0;
  virtual void array(std::string_view name, std::vector<std::uint64_t>& values,
                     std::size_t width) const = 0;
  /// Whether there is a value of this name; asked for those alone that need not be.
  [[nodiscard]] virtual bool has(std::string_view name) const = 0;
  void counts(std::string_view rows_name, std::vector<std::uint64_t>& rows,
              std::string_view weights_name, std::vector<double>& weights) const {
    array(rows_name, rows, 1);
    if (has(weights_name)) {
      array(weights_name, weights, 1);
    }
  }
};

class Segmentation {
 public:
  Segmentation() = default;
  Segmentation(const Segmentation&) = delete;
  Segmentation& operator=(const Segmentation&) = delete;
  virtual ~Segmentation() = default;

  /// The name of the method that made it, by which it is known how to read it (Method::read).
  [[nodiscard]] virtual std::string_view method() const = 0;
  [[nodiscard]] virtual const features::Space& space() const = 0;
  [[nodiscard]] std::size_t segments() const { return sizes().size(); }
  /// Rows of each segment in training, of those that weigh something; largest first, unless rows
  /// have weights.
  [[nodiscard]] virtual std::span<const std::uint64_t> sizes() const = 0;
  /// What these rows weigh, the heaviest segment first; empty where each row weighs 1.
  [[nodiscard]] virtual std::span<const double> weights() const { return {}; }
  /// Sum over the rows of training of their squared distances to the centroids that score() goes
  /// by, each as often as it weighs.
  [[nodiscard]] virtual double inertia() const = 0;
  /// The centroids that rows are told apart by; null where it is not centroids.
  [[nodiscard]] virtual const Centroids* centroids() const { return nullptr; }

  /// Segment of each row, from 0, or -1: what a Scorer says of it.
  [[nodiscard]] virtual std::vector<std::int32_t> labels(
      const features::FeatureRows& rows) const = 0;
  /// For rows that are stored by `categories`; keeps a reference to them and to the segmentation.
  [[nodiscard]] virtual std::unique_ptr<Scorer> scorer(
      const features::CategoryTables& categories) const = 0;

  /// Lists all values that make it up. Segmentations whose values are the same, bit for bit, are
  /// the same.
  virtual void visit(ValueVisitor& visitor) const = 0;

  /// More for people to look at than sizes and profiles, in lines that end with '\n'; often empty.
  [[nodiscard]] virtual std::string describe() const { return ""; }
};

}  // namespace tessera::cluster
