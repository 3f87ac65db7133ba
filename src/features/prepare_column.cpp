#include "features/prepare_column.hpp"

#include <algorithm>
#include <cmath>

#include "tessera/base/error.hpp"
#include "tessera/simd/vectorise.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

constexpr std::size_t kBlock = FeatureRows::kBlock;
constexpr std::size_t kAtOnce = 16 * kBlock;  // values that stay in the first cache

}  // namespace

bool prepare_column(std::span<double> values, double filler, std::span<const FittedStep> steps,
                    std::size_t j, FeatureRows& rows) {
  std::uint32_t unusable = 0;
  for (std::size_t first = 0; first < values.size(); first += kAtOnce) {
    const std::span<double> piece = values.subspan(first, std::min(kAtOnce, values.size() - first));
    simd::vectorise([=, x = piece.data(), n = piece.size()]() TESSERA_INLINE {
      for (std::size_t i = 0; i < n; ++i) {
        x[i] = x[i] == x[i] ? x[i] : filler;  // NaN alone is unlike itself
      }
    });
    for (const FittedStep& step : steps) {
      step.kind->forward(step.numbers, piece);
    }
    for (std::size_t begin = 0; begin < piece.size(); begin += kBlock) {
      float* const to = rows.numeric_block((first + begin) / kBlock) + j * kBlock;
      simd::vectorise([=, x = piece.data() + begin, n = std::min(kBlock, piece.size() - begin),
                       &unusable]() TESSERA_INLINE {
        std::uint32_t beyond = 0;
        for (std::size_t i = 0; i < n; ++i) {
          to[i] = static_cast<float>(x[i]);
          beyond |= std::fabs(to[i]) <= kLargestPrepared ? 0U : 1U;
        }
        for (std::size_t i = n; i < kBlock; ++i) {
          to[i] = 0;
        }
        unusable |= beyond;
      });
    }
  }
  return unusable == 0;
}

void fail_at_refused(const table::Table& table, std::size_t column, const NumericFeature& feature,
                     std::uint64_t first, std::uint64_t rows) {
  table::for_each_piece(table, std::span(&column, 1), first, rows,
                        [&](std::size_t, std::uint64_t at, std::span<const double> values) {
                          for (std::size_t i = 0; i < values.size(); ++i) {
                            const std::string reason = feature.refuses(values[i]);
                            if (!reason.empty()) {
                              fail(ExitCode::kBadData, "{}: column \"{}\", row {}: {}",
                                   table.name(), feature.column, first + at + i + 1, reason);
                            }
                          }
                        });
}

}  // namespace tessera::features
