/// \file
/// What the facts mean, and what to do about it. Private to src/pipeline/check.
#pragma once

#include <span>
#include <vector>

#include "pipeline/check/columns.hpp"
#include "tessera/pipeline/check.hpp"

namespace tessera::pipeline {

/// Adds to `result`, which has all but these, its findings, and a suggestion. `columns`: without
/// the id's.
void judge(std::span<const CheckedColumn> columns, const CheckOptions& options,
           CheckResult& result);

}  // namespace tessera::pipeline
