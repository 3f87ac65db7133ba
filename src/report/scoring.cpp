#include <fmt/format.h>

#include <numeric>
#include <span>

#include "tessera/base/text.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {
namespace {

double sum_of(std::span<const std::uint64_t> sizes) {
  return static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
}

}  // namespace

Document scoring(const model::Model& model, const pipeline::Scoring::Result& result,
                 const std::string& output) {
  const std::uint64_t rows =
      std::accumulate(result.sizes.begin(), result.sizes.end(), std::uint64_t{0});
  const double trained = sum_of(model.sizes());
  Table segments({{.title = "segment"},
                  {.title = "customers", .key = "sizes", .width = 13},
                  {.title = "share", .width = 7},
                  {.title = "in training"}});
  for (std::size_t i = 0; i < result.sizes.size(); ++i) {
    segments.row({{fmt::format("{}", i + 1)},
                  {grouped(result.sizes[i]), result.sizes[i]},
                  {share_text(static_cast<double>(result.sizes[i]), static_cast<double>(rows))},
                  {share_text(static_cast<double>(model.sizes()[i]), trained)}});
  }
  return Document()
      .text(fmt::format("\n{} scored, {} imputed\n\n", counted(rows, "customer"),
                        counted(result.counts.imputed, "missing cell")))
      .add(segments)
      .text("\n")
      .add(Lines().line("segments", "output", {output, output}))
      .set({{"rows", rows},
            {"segments", model.segments()},
            {"imputed", result.counts.imputed},
            {"unseen", result.counts.unseen},
            {"digest", model.digest()}});
}

}  // namespace tessera::report
