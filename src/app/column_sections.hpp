/// \file
/// Sections of configuration files: `[column NAME]` and `[columns SELECTOR]`, steps, weights and
/// what is taken per column; `[ratio NAME]`, features of their own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tessera/app/ini.hpp"
#include "tessera/features/fit.hpp"

namespace tessera::app {

/// Adds an entry `steps = impute median, clip 0.01:0.99, log1p, standard`, `weight = 2`, `take =
/// weekday` or, of a ratio, `of = spend / visits`, to the options. SELECTOR is `numeric`,
/// `category`, `date` or a pattern such as `amount_*`. Throws kConfig naming the file, the line and
/// the section where it is something else.
void take_column_steps(const IniEntry& entry, const std::string& path,
                       features::FitOptions& options);

/// What was taken, as a configuration file has it.
[[nodiscard]] std::string column_sections(const features::FitOptions& options);
/// The same as [{"column": NAME, "steps": ...}, {"columns": SELECTOR, "weight": ...}].
[[nodiscard]] nlohmann::json column_sections_json(const features::FitOptions& options);

}  // namespace tessera::app
