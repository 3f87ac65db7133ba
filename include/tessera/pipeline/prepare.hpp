/// \file
/// A recipe by what a look at the table finds: `train --prepare auto`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// What is done with a column, and why.
struct Decision {
  std::string column;
  std::string what;    ///< its steps; "left out", "a category" or "as usual"
  std::string reason;  ///< may be empty
};

struct DecidedRecipe {
  features::FitOptions fit;         ///< what was asked for, and what was decided
  std::vector<Decision> decisions;  ///< one for each column but the id and those not asked for
};

/// Collective. Checks the table (check_table) and takes on what that suggests: the same as training
/// by the configuration that `check --suggest` writes. What the options say of a column stands: its
/// name among `features`, its type, its steps. Throws as check_table() does.
[[nodiscard]] DecidedRecipe decide_recipe(const comm::Communicator& comm, const table::Table& table,
                                          const features::FitOptions& asked,
                                          std::uint64_t min_group, Observer& observer);

}  // namespace tessera::pipeline
