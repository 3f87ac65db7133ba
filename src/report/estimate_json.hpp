// An estimate as the JSON of the jobs has it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tessera/quality/estimate.hpp"

namespace tessera::report {

inline nlohmann::json estimate_json(const quality::Estimate& estimate) {
  return {{"value", estimate.value},
          {"standard_error", estimate.standard_error},
          {"variant", std::string(to_text(estimate.variant))},
          {"rows", estimate.rows}};
}

}  // namespace tessera::report
