#include "tessera/features/recipe.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/simd/vectorise.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

using table::Column;
using table::ColumnType;

/// The recipe's code of a level.
std::uint16_t code_of(const std::string& level, const std::vector<std::string>& levels) {
  const auto at = std::ranges::lower_bound(levels, level);
  return at != levels.end() && *at == level ? static_cast<std::uint16_t>(at - levels.begin())
                                            : kNoLevel;
}

bool is_number(const std::string& level) {
  double value = 0;
  const char* const end = level.data() + level.size();
  const auto read = std::from_chars(level.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end;
}

/// Looks at the rows of a column until one has a value.
bool is_all_missing(const table::Table& table, std::size_t column) {
  const Column& found = table.columns()[column];
  if (found.type == ColumnType::kCategory) {
    return found.levels.empty();
  }
  constexpr std::uint64_t kAtOnce = 4096;
  for (std::uint64_t first = 0; first < table.rows(); first += kAtOnce) {
    const std::vector<std::string> text =
        table.read_text(column, first, std::min(kAtOnce, table.rows() - first));
    if (!std::ranges::all_of(text, &std::string::empty)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void NumericStep::check(const std::string& where, std::uint64_t first,
                        const numeric::Extremes& range, std::span<const double> values) const {
  if (std::isfinite(range.magnitude()) && !(log1p && range.least <= -1)) {
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t row = first + i + 1;
    if (std::isinf(values[i])) {
      fail(ExitCode::kBadData,
           "{}: column \"{}\", row {}: {} is not a finite number; correct it, or leave the column "
           "out with --ignore",
           where, column, row, values[i]);
    }
    if (log1p && values[i] <= -1) {
      fail(ExitCode::kBadData,
           "{}: column \"{}\", row {}: ln(1 + x) is not defined for {}; correct it, or take the "
           "column out of --log1p",
           where, column, row, values[i]);
    }
  }
}

void NumericStep::transform(std::span<double> values) const {
  if (log1p) {
    std::ranges::transform(values, values.begin(), [](double x) { return std::log1p(x); });
  }
}

void NumericStep::prepare_column(const table::Table& table, std::size_t in_table,
                                 std::span<const double> transformed, std::size_t j,
                                 FeatureRows& rows) const {
  const double filler = transform(impute);
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    const double* const in = transformed.data() + b * FeatureRows::kBlock;
    float* const out = rows.numeric_block(b) + j * FeatureRows::kBlock;
    const std::size_t count = rows.rows_in_block(b);
    std::uint32_t unusable = 0;
    simd::vectorise([=, mean = offset, scale = divisor, &unusable]() TESSERA_INLINE {
      for (std::size_t i = 0; i < count; ++i) {
        const double value = in[i] == in[i] ? in[i] : filler;
        out[i] = static_cast<float>((value - mean) / scale);
      }
      std::uint32_t beyond = 0;
      for (std::size_t i = 0; i < count; ++i) {
        beyond |= std::fabs(out[i]) <= kLargestPrepared ? 0U : 1U;
      }
      unusable = beyond;
    });
    for (std::size_t i = 0; i < count && unusable != 0; ++i) {
      if (!(std::fabs(out[i]) <= kLargestPrepared)) {
        const std::uint64_t row = rows.first_row() + b * FeatureRows::kBlock + i;
        double raw = 0;
        table.read_numbers(in_table, row, std::span(&raw, 1));
        fail(ExitCode::kBadData,
             "{}: column \"{}\", row {}: {} is too large to be prepared in single precision; "
             "correct it, or take the logarithm of the column with --log1p",
             table.name(), column, row + 1, raw);
      }
    }
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
    find_number(step);
  }
  for (const CategoryStep& step : recipe.categories) {
    find_category(step);
  }
}

void Preparer::find_number(const NumericStep& step) {
  const std::size_t column = table_.find(step.column);
  const Column& found = table_.columns()[column];
  has_numbers_.push_back(found.is_number());
  if (found.is_number()) {
    numeric_columns_.push_back(column);
  } else if (!is_all_missing(table_, column)) {
    fail(ExitCode::kBadData,
         "{}: column \"{}\" holds {} values, but the model was trained on numbers; state its "
         "type when ingesting (--types \"{}=real\")",
         table_.name(), step.column, table::to_string(found.type), step.column);
  }
}

void Preparer::find_category(const CategoryStep& step) {
  const std::size_t column = table_.find(step.column);
  const Column& found = table_.columns()[column];
  const bool as_text = found.type != ColumnType::kCategory;
  if (found.is_number() && std::ranges::none_of(step.levels, is_number) &&
      !is_all_missing(table_, column)) {
    fail(ExitCode::kBadData,
         "{}: column \"{}\" holds {} values, but the model was trained on categories; state its "
         "type when ingesting (--types \"{}=category\")",
         table_.name(), step.column, table::to_string(found.type), step.column);
  }
  CategorySource source{column, as_text, {static_cast<std::uint16_t>(step.impute)}};
  for (const std::string& level : as_text ? step.levels : found.levels) {
    source.known.push_back(code_of(level, step.levels));
  }
  source.known.push_back(kNoLevel);
  categories_.push_back(std::move(source));
}

void Preparer::prepare(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const {
  prepare_numbers(first, rows, counts);
  prepare_categories(first, rows, counts);
}

void Preparer::prepare_numbers(std::uint64_t first, FeatureRows& rows,
                               PreparedCounts& counts) const {
  table::NumberColumns columns(table_, numeric_columns_, first, rows.rows());
  const std::vector<double> nothing(
      numeric_columns_.size() < recipe_.numeric.size() ? rows.rows() : 0,
      std::numeric_limits<double>::quiet_NaN());
  std::size_t next = 0;
  for (std::size_t j = 0; j < recipe_.numeric.size(); ++j) {
    const NumericStep& step = recipe_.numeric[j];
    if (!has_numbers_[j]) {
      step.prepare_column(table_, 0, nothing, j, rows);
      counts.imputed += rows.rows();
      continue;
    }
    const std::span<double> values = columns.next();
    const numeric::Extremes range = numeric::extremes_of(values);
    step.check(table_.name(), first, range, values);
    step.transform(values);
    step.prepare_column(table_, numeric_columns_[next++], values, j, rows);
    counts.imputed += range.missing;
  }
}

void Preparer::prepare_categories(std::uint64_t first, FeatureRows& rows,
                                  PreparedCounts& counts) const {
  for (std::size_t c = 0; c < recipe_.categories.size(); ++c) {
    const auto read = [&](std::uint64_t at, std::span<std::int32_t> codes) {
      if (categories_[c].as_text) {
        read_levels(c, first + at, codes);
      } else {
        table_.read_codes(categories_[c].column, first + at, codes);
      }
    };
    table::for_each_piece_of_codes(rows.rows(), read,
                                   [&](std::uint64_t at, std::span<const std::int32_t> codes) {
                                     prepare_codes(c, codes, at, rows, counts);
                                   });
  }
}

void Preparer::prepare_codes(std::size_t c, std::span<const std::int32_t> codes, std::uint64_t at,
                             FeatureRows& rows, PreparedCounts& counts) const {
  const std::vector<std::uint16_t>& known = categories_[c].known;
  std::uint64_t missing = 0;
  std::uint64_t unseen = 0;
  std::vector<std::uint16_t> prepared;
  prepared.reserve(codes.size());
  for (const std::int32_t code : codes) {
    prepared.push_back(known[static_cast<std::size_t>(code + 1)]);
    missing += code < 0 ? 1U : 0U;
    unseen += prepared.back() == kNoLevel ? 1U : 0U;
  }
  rows.set_codes(at, c, prepared);
  counts.imputed += missing;
  counts.unseen += unseen;
}

void Preparer::read_levels(std::size_t c, std::uint64_t first, std::span<std::int32_t> out) const {
  const std::vector<std::string>& levels = recipe_.categories[c].levels;
  const std::vector<std::string> text = table_.read_text(categories_[c].column, first, out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint16_t code = code_of(text[i], levels);
    const auto unseen = static_cast<std::int32_t>(levels.size());
    out[i] = text[i].empty() ? -1 : code == kNoLevel ? unseen : std::int32_t{code};
  }
}

}  // namespace tessera::features
