/// \file
/// Counting distinct values of all ranks in little memory. Private to src/pipeline/check.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::pipeline {

/// The distinct values with the least hashes, up to kKept of them. Their number, if there are
/// fewer, or the greatest of their hashes tells how many there are in all.
class Distinct {
 public:
  static constexpr std::size_t kKept = 1024;

  struct Value {
    std::uint64_t hash;
    double value;
  };

  /// `hash`: well mixed, the same of equal values.
  void add(std::uint64_t hash, double value) {
    if (hash < limit_) {
      values_.push_back({hash, value});
      if (values_.size() >= 8 * kKept) {
        shrink();
      }
    }
  }

  /// Collective: of the values of all ranks.
  void merge(const comm::Communicator& comm);

  // after merge()
  [[nodiscard]] bool is_exact() const { return values_.size() < kKept; }
  [[nodiscard]] std::uint64_t count() const;
  /// If is_exact(): all of them, in ascending order.
  [[nodiscard]] std::vector<double> values() const;

 private:
  void shrink();

  std::vector<Value> values_;
  std::uint64_t limit_ = UINT64_MAX;
};

}  // namespace tessera::pipeline
