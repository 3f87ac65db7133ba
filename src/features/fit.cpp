#include "tessera/features/fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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

/// Collective: the exact sum of the values of all ranks, of which `range` tells, without the
/// missing ones.
ExactSum sum_of(const comm::Communicator& comm, std::span<const double> values,
                const Extremes& range) {
  ExactSum sum(range.magnitude());
  sum.add_all(values.size(), [x = values.data()](std::size_t i) TESSERA_INLINE {
    return x[i] == x[i] ? x[i] : 0.0;  // NaN alone is unlike itself
  });
  ExactSum::all_reduce(comm, std::span(&sum, 1));
  return sum;
}

/// Collective: the population standard deviation of the `count` values of all ranks about their
/// `mean`, and of `filler` in place of each missing one if there is a filler. Infinite where the
/// squares do not fit a double.
double deviation_of(const comm::Communicator& comm, std::span<const double> values,
                    const Extremes& range, double mean, std::uint64_t count,
                    std::optional<double> filler) {
  const auto square = [mean](double x) TESSERA_INLINE { return (x - mean) * (x - mean); };
  // Both rounded operations are monotonic: no number between the extremes has a larger square.
  const double widest = std::max(square(range.least), square(range.greatest));
  if (!std::isfinite(widest)) {
    return std::numeric_limits<double>::infinity();
  }
  ExactSum squares(widest);
  squares.add_all(values.size(), [x = values.data(), square, mean](std::size_t i)
                                     TESSERA_INLINE { return square(x[i] == x[i] ? x[i] : mean); });
  ExactSum::all_reduce(comm, std::span(&squares, 1));
  if (filler) {
    squares.add(square(*filler), range.missing);
  }
  return std::sqrt(squares.value() / static_cast<double>(count));
}

/// Fits one numeric column, of which `step` has the name and the transformation, and `raw.range` is
/// known; `values` are transformed on the way, what is missing stays so. Returns why the column
/// cannot be a feature; empty if it can.
std::string fit_numeric(const comm::Communicator& comm, Scale scale, std::uint64_t rows,
                        std::span<double> values, RawValues& raw, NumericStep& step) {
  const std::uint64_t known = rows - raw.range.missing;
  if (known == 0) {
    return "all its values are missing";
  }
  if (raw.range.least == raw.range.greatest) {
    return fmt::format("all its values are {}, which sets no customer apart", raw.range.least);
  }
  step.impute = numeric::median(comm, values, known);
  ExactSum sum = sum_of(comm, values, raw.range);
  raw.mean = sum.value() / static_cast<double>(known);

  Extremes range = raw.range;
  if (step.log1p) {
    raw.deviation = deviation_of(comm, values, raw.range, raw.mean, known, std::nullopt);
    step.transform(values);
    range = numeric::extremes_of(values);
    range.all_reduce(comm);
    sum = sum_of(comm, values, range);
  }
  const double filler = step.transform(step.impute);
  sum.add(filler, range.missing);
  step.offset = sum.value() / static_cast<double>(rows);
  if (scale == Scale::kStandard) {
    step.divisor = deviation_of(comm, values, range, step.offset, rows, filler);
    if (!std::isfinite(step.divisor)) {
      return "its values are too large to be standardised";
    }
    if (!(step.divisor > 0)) {
      return "its values differ too little to be standardised";
    }
  }
  if (!step.log1p) {
    raw.deviation = scale == Scale::kStandard && range.missing == 0
                        ? step.divisor
                        : deviation_of(comm, values, range, raw.mean, known, std::nullopt);
  }
  return {};
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
  std::vector<RawValues> raw_values;
  for (std::size_t j = 0; j < selection.numeric.size(); ++j) {
    const std::size_t i = selection.numeric[j];
    const Column& column = table.columns()[i];
    report(column);
    NumericStep step;
    step.column = column.name;
    step.log1p = contains(options.log1p, column.name);
    std::span<double> values;
    RawValues raw;
    comm.together([&] {
      values = numbers->next(
          [&](std::span<const double> piece) { raw.range.add(numeric::extremes_of(piece)); });
      step.check(table.name(), share.first, raw.range, values);
    });
    raw.range.all_reduce(comm);
    const std::string reason = fit_numeric(comm, options.scale, rows, values, raw, step);
    if (!reason.empty()) {
      leave_out(selection, table, options, column.name, reason);  // the same on every rank
      continue;
    }
    comm.together([&] { step.prepare_column(table, i, values, j, *prepared); });
    counts.imputed += raw.range.missing;
    kept.push_back(j);
    raw_values.push_back(raw);
    recipe.numeric.push_back(std::move(step));
  }
  numbers.reset();
  for (const std::size_t i : selection.categories) {
    const Column& column = table.columns()[i];
    report(column);
    std::vector<std::int64_t> with_level(column.levels.size());
    comm.together([&] {
      table::for_each_piece_of_codes(table, i, share.first, share.count,
                                     [&](std::uint64_t, std::span<const std::int32_t> codes) {
                                       for (const std::int32_t code : codes) {
                                         if (code >= 0) {
                                           ++with_level[static_cast<std::size_t>(code)];
                                         }
                                       }
                                     });
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
  if (recipe.numeric.empty() && recipe.categories.empty()) {
    fail(ExitCode::kBadData,
         "{}: no column is left that could tell customers apart; name some with --features",
         table.name());
  }

  PreparedCounts of_categories;
  comm.together([&] {
    prepared->reshape(kept, recipe.space().levels, Unseen::kAbsent);
    Preparer(recipe, table).prepare_categories(share.first, *prepared, of_categories);
  });
  counts.imputed += comm.all_sum(of_categories.imputed);
  counts.unseen += comm.all_sum(of_categories.unseen);
  return {std::move(recipe), std::move(raw_values), std::move(*prepared), counts,
          std::move(selection.left_out)};
}

}  // namespace tessera::features
