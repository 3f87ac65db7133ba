// The list of steps: a new one is a declaration in list.hpp and a line here.
#include <algorithm>
#include <array>

#include "features/steps/list.hpp"

namespace tessera::features {

std::span<const StepKind* const> step_kinds() {
  // clang-format off
  static const std::array kAll = {
      &impute_step(),
      &clip_step(),
      &limit_step(),
      &log1p_step(),
      &signed_log_step(),
      &yeo_johnson_step(),
      &box_cox_step(),
      &quantile_normal_step(),
      &standard_step(),
      &minmax_step(),
      &robust_step(),
      &none_step(),
      &weight_step(),
      &hash_step(),
      &rare_step(),
      &one_hot_step(),
      &ordinal_step(),
      &frequency_step(),
  };
  // clang-format on
  return kAll;
}

const StepKind* find_step_kind(std::string_view name) {
  const auto kinds = step_kinds();
  const auto at = std::ranges::find(kinds, name, [](const StepKind* kind) { return kind->name(); });
  return at == kinds.end() ? nullptr : *at;
}

}  // namespace tessera::features
