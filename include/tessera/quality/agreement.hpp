/// \file
/// Agreement of a segmentation with groups that are known from elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::quality {

/// Counts rows by known label and segment. A rank adds its own rows; merge() makes it the table of
/// all ranks.
class Contingency {
 public:
  /// More distinct labels than this are no groups of customers, but an identifier or an amount.
  static constexpr std::size_t kMaxLabels = 1000;

  /// `column`: what the label is called in messages.
  Contingency(std::string column, int segments);

  /// Counts one row, `times` times. A row without a label (an empty one) is only counted as
  /// missing. Throws kBadData beyond kMaxLabels distinct labels.
  void add(std::string_view label, std::int32_t segment, std::uint64_t times = 1);

  /// Collective. Adds up the tables of all ranks. Throws kBadData beyond kMaxLabels distinct
  /// labels.
  void merge(const comm::Communicator& comm);

  [[nodiscard]] std::uint64_t missing() const { return missing_; }
  /// Rows of each segment, as often as they were counted, per label; labels in the order of their
  /// bytes.
  [[nodiscard]] const std::map<std::string, std::vector<std::uint64_t>, std::less<>>& counts()
      const {
    return counts_;
  }

 private:
  std::vector<std::uint64_t>& row_of(std::string_view label);

  std::string column_;
  std::size_t segments_;
  std::uint64_t missing_ = 0;
  std::map<std::string, std::vector<std::uint64_t>, std::less<>> counts_;
};

struct Agreement {
  /// Adjusted Rand index (Hubert and Arabie, "Comparing partitions", Journal of Classification 2,
  /// 1985), in [-0.5, 1], 0 expected by chance. From exact pair counts; beyond 2^32 rows from pair
  /// counts of 62 significant bits.
  double ari = 0;
  /// Normalised mutual information, in [0, 1]: mutual information over the arithmetic mean of the
  /// two entropies (Strehl and Ghosh, JMLR 3, 2002; normalisation as scikit-learn's default).
  double nmi = 0;
};

/// Of a merged table. Not defined (no value) if no row has a label.
[[nodiscard]] std::optional<Agreement> agreement(const Contingency& table);

}  // namespace tessera::quality
