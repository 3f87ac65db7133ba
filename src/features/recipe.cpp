#include "tessera/features/recipe.hpp"

#include <algorithm>
#include <cmath>

#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

// Squares of prepared values and their sums must stay well inside single precision.
constexpr float kLargestPrepared = 1e15F;

/// The recipe's code of each of the table's levels.
std::vector<std::uint16_t> translate(const std::vector<std::string>& theirs,
                                     const std::vector<std::string>& ours) {
  std::vector<std::uint16_t> codes;
  codes.reserve(theirs.size());
  for (const std::string& level : theirs) {
    const auto at = std::ranges::lower_bound(ours, level);
    codes.push_back(at != ours.end() && *at == level ? static_cast<std::uint16_t>(at - ours.begin())
                                                     : kNoLevel);
  }
  return codes;
}

}  // namespace

void NumericStep::check(const std::string& where, std::uint64_t row, double raw) const {
  if (std::isinf(raw)) {
    fail(
        ExitCode::kBadData,
        "{}: column \"{}\", row {}: {} is not a finite number; correct it, or leave the column out "
        "with --ignore",
        where, column, row, raw);
  }
  if (log1p && raw <= -1) {
    fail(ExitCode::kBadData,
         "{}: column \"{}\", row {}: ln(1 + x) is not defined for {}; correct it, or take the "
         "column out of --log1p",
         where, column, row, raw);
  }
}

double NumericStep::transform(double raw) const { return log1p ? std::log1p(raw) : raw; }

double NumericStep::restore(double prepared) const {
  const double value = prepared * divisor + offset;
  return log1p ? std::expm1(value) : value;
}

Space Recipe::space() const {
  Space space;
  space.numeric = numeric.size();
  for (const CategoryStep& step : categories) {
    space.levels.push_back(step.levels.size());
  }
  return space;
}

Preparer::Preparer(const Recipe& recipe, const table::Table& table)
    : recipe_(recipe), table_(table) {
  for (const NumericStep& step : recipe.numeric) {
    const std::size_t column = table.find(step.column);
    if (const table::Column& found = table.columns()[column]; !found.is_number()) {
      fail(ExitCode::kBadData,
           "{}: column \"{}\" holds {} values, but the model was trained on numbers; state its "
           "type when ingesting (--types \"{}=real\")",
           table.name(), step.column, table::to_string(found.type), step.column);
    }
    numeric_columns_.push_back(column);
  }
  for (const CategoryStep& step : recipe.categories) {
    const std::size_t column = table.find(step.column);
    if (const table::Column& found = table.columns()[column];
        found.type != table::ColumnType::kCategory) {
      fail(ExitCode::kBadData,
           "{}: column \"{}\" holds {} values, but the model was trained on categories; state its "
           "type when ingesting (--types \"{}=category\")",
           table.name(), step.column, table::to_string(found.type), step.column);
    }
    category_columns_.push_back(column);
    codes_.push_back(translate(table.columns()[column].levels, step.levels));
  }
}

void Preparer::prepare(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const {
  std::vector<double> raw(recipe_.numeric.empty() ? 0 : rows.rows());
  for (std::size_t j = 0; j < recipe_.numeric.size(); ++j) {
    table_.read_numbers(numeric_columns_[j], first, raw);
    const NumericStep& step = recipe_.numeric[j];
    for (std::uint64_t i = 0; i < raw.size(); ++i) {
      const bool missing = std::isnan(raw[i]);
      counts.imputed += missing ? 1U : 0U;
      step.check(table_.name(), first + i + 1, raw[i]);
      const float prepared = step.prepare(missing ? step.impute : raw[i]);
      if (!(std::fabs(prepared) <= kLargestPrepared)) {
        fail(ExitCode::kBadData,
             "{}: column \"{}\", row {}: {} is too large to be prepared in single precision; "
             "correct it, or take the logarithm of the column with --log1p",
             table_.name(), step.column, first + i + 1, raw[i]);
      }
      rows.set_number(i, j, prepared);
    }
  }
  std::vector<std::int32_t> codes(recipe_.categories.empty() ? 0 : rows.rows());
  for (std::size_t c = 0; c < recipe_.categories.size(); ++c) {
    table_.read_codes(category_columns_[c], first, codes);
    const auto impute = static_cast<std::uint16_t>(recipe_.categories[c].impute);
    for (std::uint64_t i = 0; i < rows.rows(); ++i) {
      const bool missing = codes[i] < 0;
      const std::uint16_t code = missing ? impute : codes_[c][static_cast<std::size_t>(codes[i])];
      counts.imputed += missing ? 1U : 0U;
      counts.unseen += code == kNoLevel ? 1U : 0U;
      rows.set_code(i, c, code);
    }
  }
}

}  // namespace tessera::features
