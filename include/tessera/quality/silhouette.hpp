/// \file
/// The silhouette: how much nearer rows are to their own segment than to the next one.
#pragma once

#include <cstdint>
#include <optional>

#include "tessera/base/fields.hpp"
#include "tessera/base/progress.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/quality/estimate.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::quality {

/// Each row that is looked at is compared with all others.
inline constexpr std::uint64_t kMostCompared = 1'000'000;

struct SilhouetteOptions {
  std::uint64_t exact_rows = 20'000;  ///< up to this many rows the silhouette is exact
  std::uint64_t sample_rows = 2'000;  ///< rows of the sample above that, see choose_rows()
  std::uint64_t seed = 0;             ///< of the sample

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.exact_rows,
          Field{.name = "exact_rows",
                .value = "N",
                .help = "up to this many rows it is exact, at a cost of N x N distances",
                .most = kMostCompared});
    visit(self.sample_rows, Field{.name = "silhouette_sample",
                                  .value = "N",
                                  .help = "above that: rows sampled, each against all rows",
                                  .least = 1,
                                  .most = kMostCompared});
  }
};

/// Collective. Mean silhouette with Euclidean distances (Rousseeuw, "Silhouettes: a graphical aid
/// to the interpretation and validation of cluster analysis", J. Comput. Appl. Math. 20, 1987):
/// s = (b - a) / max(a, b) of a row whose mean distance to the other rows of its segment is a, and
/// to the rows of the nearest other segment b; 0 for the only row of a segment.
///
/// Rows that have masses count as often as these say, in means and in the value; of its own segment
/// a row leaves out itself once, or as often as it counts, if that is less. So whole weights give
/// what the table would in which each row stands as often as it weighs.
///
/// Tables of more than `exact_rows` are estimated from a sample stratified by segment, each of its
/// rows against all rows of the table: sum_h W_h mean_h, with the standard error
/// sqrt(sum_h W_h^2 (1 - n_h/N_h) s_h^2 / n_h) (Cochran, "Sampling Techniques", 1977, ch. 5).
///
/// The same bits at any number of ranks: distances are rounded once to 2^-(62 - log2 rows) of the
/// largest possible one, and added as integers. Work: rows x table rows x features, shared by the
/// ranks. In [-1, 1], of the table and of each segment; not defined (no value) unless
/// is_comparable().
[[nodiscard]] std::optional<IndexValue> silhouette(const comm::Communicator& comm,
                                                   const Labelled& data,
                                                   const SilhouetteOptions& options = {},
                                                   Progress& progress = no_progress());

}  // namespace tessera::quality
