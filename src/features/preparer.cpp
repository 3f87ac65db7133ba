#include "tessera/features/preparer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "features/columns.hpp"
#include "features/prepare_column.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {

using table::Column;

std::unique_ptr<table::Table> as_encoded(const table::Table& table, const Recipe& recipe) {
  auto encoded = std::make_unique<RetypedTable>(table);
  for (const DerivedColumn& derived : recipe.derived) {
    encoded->add(derived);
  }
  for (const NumericFeature& feature : recipe.numeric) {
    if (const FittedStep* const encoder = feature.encoder()) {
      encoded->take_as_number(table.find(feature.column), encoder->kind->encoding(*encoder));
    }
  }
  return encoded;
}

Preparer::Preparer(const Recipe& recipe, const table::Table& table)
    : recipe_(recipe), table_(table) {
  for (const DerivedColumn& derived : recipe.derived) {
    table_.add(derived);
  }
  for (const NumericFeature& feature : recipe.numeric) {
    find_number(feature);
  }
  for (const CategoryFeature& feature : recipe.categories) {
    categories_.emplace_back(feature, table);
  }
}

void Preparer::find_number(const NumericFeature& feature) {
  const std::size_t column = table_.find(feature.column);
  if (const FittedStep* const encoder = feature.encoder()) {
    table_.take_as_number(column, encoder->kind->encoding(*encoder));
    has_numbers_.push_back(true);
    numeric_columns_.push_back(column);
    return;
  }
  const Column& found = table_.columns()[column];
  if (found.is_date()) {
    table_.take_as_number(column);
  }
  if (has_numbers_only(found)) {
    table_.take_as_number(column);
  }
  has_numbers_.push_back(found.is_number());
  if (found.is_number()) {
    numeric_columns_.push_back(column);
  } else if (!is_all_missing(table_, column)) {
    fail_about(
        "types", ExitCode::kBadData,
        "{}: column \"{}\" holds {} values, but the model was trained on numbers; state its type "
        "where its text is read, as \"{}=real\"",
        table_.name(), feature.column, table::to_string(found.type), feature.column);
  }
}

void Preparer::prepare(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const {
  prepare_numbers(first, rows, counts);
  prepare_categories(first, rows, counts);
}

void Preparer::prepare_numbers(std::uint64_t first, FeatureRows& rows,
                               PreparedCounts& counts) const {
  if (recipe_.components.none()) {
    return prepare_features(first, rows, counts);
  }
  constexpr std::uint64_t kAtOnce = 4096;  // a few, for the features take more room
  for (std::uint64_t at = 0; at < rows.rows(); at += kAtOnce) {
    const std::uint64_t count = std::min(kAtOnce, rows.rows() - at);
    FeatureRows wide(Space{.numeric = recipe_.numeric.size(), .levels = {}}, count, first + at);
    prepare_features(first + at, wide, counts);
    for (std::uint64_t i = 0; i < count; ++i) {
      recipe_.components.apply(wide, i, rows, at + i);
    }
  }
}

void Preparer::prepare_features(std::uint64_t first, FeatureRows& rows,
                                PreparedCounts& counts) const {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  table::NumberColumns columns(table_, numeric_columns_, first, rows.rows());
  std::vector<double> nothing(numeric_columns_.size() < recipe_.numeric.size() ? rows.rows() : 0);
  std::size_t next = 0;
  for (std::size_t j = 0; j < recipe_.numeric.size(); ++j) {
    const NumericFeature& feature = recipe_.numeric[j];
    const std::span<const FittedStep> rest = feature.after_impute();
    if (!has_numbers_[j]) {
      std::ranges::fill(nothing, kMissing);
      if (!prepare_column(nothing, feature.impute(), rest, j, rows)) {
        fail(ExitCode::kBadData, "{}: column \"{}\": {}", table_.name(), feature.column,
             feature.refuses(kMissing));
      }
      counts.imputed += rows.rows();
      continue;
    }
    const std::span<double> values = columns.next();
    const numeric::Extremes range = numeric::extremes_of(values);
    const bool finite = std::isfinite(range.magnitude());
    if (!finite || !prepare_column(values, feature.impute(), rest, j, rows)) {
      fail_at_refused(table_, numeric_columns_[next], feature, first, rows.rows());
    }
    ++next;
    counts.imputed += range.missing;
  }
}

void Preparer::prepare_categories(std::uint64_t first, FeatureRows& rows,
                                  PreparedCounts& counts) const {
  std::vector<std::uint16_t> codes(std::min<std::uint64_t>(table::kPieceValues, rows.rows()));
  for (std::size_t c = 0; c < categories_.size(); ++c) {
    const auto impute = static_cast<std::uint16_t>(recipe_.categories[c].impute);
    for (std::uint64_t at = 0; at < rows.rows(); at += table::kPieceValues) {
      const std::span<std::uint16_t> piece =
          std::span(codes).first(std::min<std::uint64_t>(table::kPieceValues, rows.rows() - at));
      categories_[c].read(first + at, piece);
      std::uint64_t missing = 0;
      std::uint64_t unseen = 0;
      for (std::uint16_t& code : piece) {
        missing += code == kMissingLevel ? 1U : 0U;
        unseen += code == kNoLevel ? 1U : 0U;
        code = code == kMissingLevel ? impute : code;
      }
      rows.set_codes(at, c, piece);
      counts.imputed += missing;
      counts.unseen += unseen;
    }
  }
}

}  // namespace tessera::features
