#include "tessera/features/fit.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/numeric/order_statistic.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

using numeric::ExactSum;
using numeric::Extremes;
using table::Column;
using table::ColumnType;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// Leaves a column out, or refuses it if the user asked for it.
void leave_out(Selection& selection, const table::Table& table, const FitOptions& options,
               const std::string& column, const std::string& reason) {
  if (!options.features.empty()) {
    fail(ExitCode::kBadData, "{}: column \"{}\" cannot be a feature: {}; take it out of --features",
         table.name(), column, reason);
  }
  selection.left_out.push_back({column, reason});
}

/// Replaces what is missing by `step.impute`, and all by their transforms; returns their exact
/// mean. `range`: of the raw values on all ranks.
double transform_and_average(const comm::Communicator& comm, std::uint64_t rows,
                             const Extremes& range, const NumericStep& step,
                             std::span<double> values) {
  double largest = range.magnitude();  // the median, which replaces, is no larger
  if (step.log1p) {
    for (double& value : values) {
      value = step.transform(std::isnan(value) ? step.impute : value);
    }
    largest = comm.all_max(numeric::extremes_of(values).magnitude());
  }
  ExactSum sum(largest);
  for (double& value : values) {
    value = std::isnan(value) ? step.impute : value;
    sum.add(value);
  }
  ExactSum::all_reduce(comm, std::span(&sum, 1));
  return sum.value() / static_cast<double>(rows);
}

/// Fits one numeric column, of which `step` has the name and the transformation; `raw` is imputed
/// and transformed on the way. `range`: of the raw values on all ranks. Returns why the column
/// cannot be a feature; empty if it can.
std::string fit_numeric(const comm::Communicator& comm, Scale scale, std::uint64_t rows,
                        const Extremes& range, std::span<double> raw, NumericStep& step) {
  step.impute = numeric::median(comm, raw);
  if (std::isnan(step.impute)) {
    return "all its values are missing";
  }
  if (range.least == range.greatest) {
    return fmt::format("all its values are {}, which sets no customer apart", range.least);
  }
  step.offset = transform_and_average(comm, rows, range, step, raw);
  if (scale == Scale::kStandard) {
    const double widest = std::max(std::fabs(step.transform(range.least) - step.offset),
                                   std::fabs(step.transform(range.greatest) - step.offset));
    if (!std::isfinite(widest * widest)) {
      return "its values are too large to be standardised";
    }
    ExactSum squares(widest * widest);
    for (const double value : raw) {
      squares.add((value - step.offset) * (value - step.offset));
    }
    ExactSum::all_reduce(comm, std::span(&squares, 1));
    step.divisor = std::sqrt(squares.value() / static_cast<double>(rows));
    if (!(step.divisor > 0) || !std::isfinite(step.divisor)) {
      return "its values differ too little, or too much, to be standardised";
    }
  }
  return {};
}

/// Throws for the first value that `step` cannot take, if there is one.
void check_all(const table::Table& table, const NumericStep& step, std::uint64_t first,
               const Extremes& mine, std::span<const double> raw) {
  const bool infinite = std::isinf(mine.magnitude());
  if (infinite || (step.log1p && mine.least <= -1)) {
    for (std::size_t row = 0; row < raw.size(); ++row) {
      step.check(table.name(), first + row + 1, raw[row]);
    }
  }
}

/// Prepares transformed values as numeric feature `j` of `rows`; `column` is the table's, for a
/// message that shows the raw value.
void prepare_transformed(const table::Table& table, std::size_t column, const NumericStep& step,
                         std::span<const double> transformed, std::size_t j, FeatureRows& rows) {
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    const auto block = transformed.subspan(b * FeatureRows::kBlock, rows.rows_in_block(b));
    float* const out = rows.numeric_block(b) + j * FeatureRows::kBlock;
    bool usable = true;
    for (std::size_t i = 0; i < block.size(); ++i) {
      out[i] = step.prepare_transformed(block[i]);
      usable = usable && NumericStep::is_preparable(out[i]);
    }
    for (std::size_t i = 0; i < block.size() && !usable; ++i) {
      const std::uint64_t row = rows.first_row() + b * FeatureRows::kBlock + i;
      double raw = 0;
      table.read_numbers(column, row, std::span(&raw, 1));
      step.check_prepared(table.name(), row + 1, raw, out[i]);
    }
  }
}

/// Fits one category column from the counts of its levels over all ranks; returns as fit_numeric.
std::string fit_category(const Column& column, std::span<const std::int64_t> counts,
                         CategoryStep& step) {
  step.column = column.name;
  std::int64_t most = 0;
  for (std::size_t level = 0; level < column.levels.size(); ++level) {
    if (counts[level] == 0) {
      continue;
    }
    if (counts[level] > most) {
      most = counts[level];
      step.impute = static_cast<std::uint32_t>(step.levels.size());
    }
    step.levels.push_back(column.levels[level]);
  }
  if (step.levels.empty()) {
    return "all its values are missing";
  }
  if (step.levels.size() == 1) {
    return fmt::format("all its values are \"{}\", which sets no customer apart",
                       step.levels.front());
  }
  if (step.levels.size() >= kNoLevel) {
    return fmt::format("it has {} distinct values", step.levels.size());
  }
  return {};
}

}  // namespace

Selection select_columns(const table::Table& table, const FitOptions& options) {
  Selection selection;
  std::vector<std::size_t> wanted;
  for (const std::string& name : options.ignore) {
    (void)table.find(name);
  }
  if (!options.id.empty()) {
    (void)table.find(options.id);
  }
  if (!options.features.empty()) {
    for (const std::string& name : options.features) {
      const std::size_t column = table.find(name);
      if (name == options.id || contains(options.ignore, name)) {
        fail(ExitCode::kUsage, "column \"{}\" is in --features and in {} as well", name,
             name == options.id ? "--id" : "--ignore");
      }
      if (std::ranges::find(wanted, column) != wanted.end()) {
        fail(ExitCode::kUsage, "column \"{}\" stands twice in --features", name);
      }
      wanted.push_back(column);
    }
  } else {
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      const std::string& name = table.columns()[i].name;
      if (name != options.id && !contains(options.ignore, name)) {
        wanted.push_back(i);
      }
    }
  }
  for (const std::size_t i : wanted) {
    const Column& column = table.columns()[i];
    if (column.is_number()) {
      selection.numeric.push_back(i);
    } else if (column.type == ColumnType::kCategory) {
      selection.categories.push_back(i);
    } else {
      leave_out(selection, table, options, column.name, "its values are text");
    }
  }
  for (const std::string& name : options.log1p) {
    const std::size_t column = table.find(name);
    if (std::ranges::find(selection.numeric, column) == selection.numeric.end()) {
      fail(ExitCode::kBadData, "{}: --log1p names column \"{}\", which is not a numeric feature",
           table.name(), name);
    }
  }
  return selection;
}

Fitted fit(const comm::Communicator& comm, const table::Table& table, const FitOptions& options,
           const FitProgress& progress) {
  const std::uint64_t rows = table.rows();
  const comm::Share share = comm::share_of(rows, comm.rank(), comm.size());
  Selection selection;
  comm.together([&] { selection = select_columns(table, options); });
  const std::size_t columns = selection.numeric.size() + selection.categories.size();
  std::size_t done = 0;
  const auto report = [&](const Column& column) {
    if (progress) {
      progress(column.name, done++, columns);
    }
  };

  // Numbers are prepared while they are at hand; that some cannot be features shows on the way, and
  // only then are the rows brought to their final shape.
  Recipe recipe;
  recipe.id_column = options.id;
  PreparedCounts counts;
  std::optional<FeatureRows> prepared;
  std::optional<table::NumberColumns> numbers;
  comm.together([&] {
    prepared.emplace(Space{.numeric = selection.numeric.size(), .levels = {}}, share.count,
                     share.first);
    numbers.emplace(table, selection.numeric, share.first, share.count);
  });
  std::vector<std::size_t> kept;
  for (std::size_t j = 0; j < selection.numeric.size(); ++j) {
    const std::size_t i = selection.numeric[j];
    const Column& column = table.columns()[i];
    report(column);
    NumericStep step;
    step.column = column.name;
    step.log1p = contains(options.log1p, column.name);
    std::span<double> raw;
    Extremes range;
    comm.together([&] {
      raw = numbers->next();
      range = numeric::extremes_of(raw);
      check_all(table, step, share.first, range, raw);
    });
    range.all_reduce(comm);
    const std::string reason = fit_numeric(comm, options.scale, rows, range, raw, step);
    if (!reason.empty()) {
      leave_out(selection, table, options, column.name, reason);  // the same on every rank
      continue;
    }
    comm.together([&] { prepare_transformed(table, i, step, raw, j, *prepared); });
    counts.imputed += range.missing;
    kept.push_back(j);
    recipe.numeric.push_back(std::move(step));
  }
  numbers.reset();
  std::vector<std::int32_t> codes(share.count);
  for (const std::size_t i : selection.categories) {
    const Column& column = table.columns()[i];
    report(column);
    std::vector<std::int64_t> with_level(column.levels.size());
    comm.together([&] {
      table.read_codes(i, share.first, codes);
      for (const std::int32_t code : codes) {
        if (code >= 0) {
          ++with_level[static_cast<std::size_t>(code)];
        }
      }
    });
    comm.all_reduce(std::span<std::int64_t>(with_level), comm::Op::kSum);
    CategoryStep step;
    const std::string reason = fit_category(column, with_level, step);
    if (reason.empty()) {
      recipe.categories.push_back(std::move(step));
    } else {
      leave_out(selection, table, options, column.name, reason);
    }
  }
  codes = {};
  if (recipe.numeric.empty() && recipe.categories.empty()) {
    fail(ExitCode::kBadData,
         "{}: no column is left that could tell customers apart; name some with --features",
         table.name());
  }

  PreparedCounts of_categories;
  comm.together([&] {
    prepared->reshape(kept, recipe.space().levels);
    Preparer(recipe, table).prepare_categories(share.first, *prepared, of_categories);
  });
  counts.imputed += comm.all_sum(of_categories.imputed);
  counts.unseen += comm.all_sum(of_categories.unseen);
  return {std::move(recipe), std::move(*prepared), counts, std::move(selection.left_out)};
}

}  // namespace tessera::features
