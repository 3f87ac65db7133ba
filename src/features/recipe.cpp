#include "tessera/features/recipe.hpp"

#include <algorithm>
#include <cmath>

#include "tessera/base/error.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

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

void NumericStep::check_prepared(const std::string& where, std::uint64_t row, double raw,
                                 float prepared) const {
  if (!is_preparable(prepared)) {
    fail(ExitCode::kBadData,
         "{}: column \"{}\", row {}: {} is too large to be prepared in single precision; "
         "correct it, or take the logarithm of the column with --log1p",
         where, column, row, raw);
  }
}

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
  prepare_numbers(first, rows, counts);
  prepare_categories(first, rows, counts);
}

void Preparer::prepare_numbers(std::uint64_t first, FeatureRows& rows,
                               PreparedCounts& counts) const {
  table::NumberColumns columns(table_, numeric_columns_, first, rows.rows());
  for (std::size_t j = 0; j < recipe_.numeric.size(); ++j) {
    const NumericStep& step = recipe_.numeric[j];
    const std::span<const double> raw = columns.next();
    std::uint64_t missing = 0;
    for (std::size_t b = 0; b < rows.blocks(); ++b) {
      const auto block = raw.subspan(b * FeatureRows::kBlock, rows.rows_in_block(b));
      float* const out = rows.numeric_block(b) + j * FeatureRows::kBlock;
      bool usable = true;
      for (std::size_t i = 0; i < block.size(); ++i) {
        const bool is_missing = std::isnan(block[i]);
        missing += is_missing ? 1U : 0U;
        out[i] = step.prepare(is_missing ? step.impute : block[i]);
        usable = usable && NumericStep::is_preparable(out[i]);
      }
      // What is infinite or outside of the logarithm's domain is not preparable either.
      for (std::size_t i = 0; i < block.size() && !usable; ++i) {
        const std::uint64_t row = first + b * FeatureRows::kBlock + i + 1;
        step.check(table_.name(), row, block[i]);
        step.check_prepared(table_.name(), row, block[i], out[i]);
      }
    }
    counts.imputed += missing;
  }
}

void Preparer::prepare_categories(std::uint64_t first, FeatureRows& rows,
                                  PreparedCounts& counts) const {
  std::vector<std::int32_t> codes(recipe_.categories.empty() ? 0 : rows.rows());
  for (std::size_t c = 0; c < recipe_.categories.size(); ++c) {
    table_.read_codes(category_columns_[c], first, codes);
    // One entry more, in front, for what is missing.
    std::vector<std::uint16_t> known{static_cast<std::uint16_t>(recipe_.categories[c].impute)};
    known.insert(known.end(), codes_[c].begin(), codes_[c].end());
    std::uint64_t missing = 0;
    std::uint64_t unseen = 0;
    for (std::size_t b = 0; b < rows.blocks(); ++b) {
      const std::int32_t* const block = codes.data() + b * FeatureRows::kBlock;
      std::uint16_t* const out = rows.code_block(b) + c * FeatureRows::kBlock;
      for (std::size_t i = 0; i < rows.rows_in_block(b); ++i) {
        out[i] = known[static_cast<std::size_t>(block[i] + 1)];
        missing += block[i] < 0 ? 1U : 0U;
        unseen += out[i] == kNoLevel ? 1U : 0U;
      }
    }
    counts.imputed += missing;
    counts.unseen += unseen;
  }
}

}  // namespace tessera::features
