/// \file
/// The kinds of steps, one per file beside this one.
#pragma once

#include "tessera/features/steps/step.hpp"

namespace tessera::features {

const StepKind& impute_step();
const StepKind& clip_step();
const StepKind& limit_step();
const StepKind& log1p_step();
const StepKind& signed_log_step();
const StepKind& yeo_johnson_step();
const StepKind& box_cox_step();
const StepKind& quantile_normal_step();
const StepKind& standard_step();
const StepKind& minmax_step();
const StepKind& robust_step();
const StepKind& none_step();
const StepKind& weight_step();
const StepKind& rare_step();
const StepKind& hash_step();
const StepKind& ordinal_step();
const StepKind& frequency_step();
const StepKind& one_hot_step();

}  // namespace tessera::features
