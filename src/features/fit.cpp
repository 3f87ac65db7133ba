#include "tessera/features/fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/order_statistic.hpp"

namespace tessera::features {
namespace {

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

/// Largest magnitude over all ranks; NaNs are passed over.
double largest_magnitude(const comm::Communicator& comm, std::span<const double> values) {
  double largest = 0;
  for (const double value : values) {
    largest = std::max(largest, std::fabs(std::isnan(value) ? 0.0 : value));
  }
  return comm.all_max(largest);
}

double exact_mean(const comm::Communicator& comm, std::span<const double> values,
                  std::uint64_t rows) {
  numeric::ExactSum sum(largest_magnitude(comm, values));
  for (const double value : values) {
    sum.add(value);
  }
  numeric::ExactSum::all_reduce(comm, std::span(&sum, 1));
  return sum.value() / static_cast<double>(rows);
}

/// Fits one numeric column, of which `step` has the name and the transformation; `raw` is imputed
/// and transformed on the way. Returns why the column cannot be a feature; empty if it can.
std::string fit_numeric(const comm::Communicator& comm, Scale scale, std::uint64_t rows,
                        std::span<double> raw, NumericStep& step) {
  step.impute = numeric::median(comm, raw);
  if (std::isnan(step.impute)) {
    return "all its values are missing";
  }
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  for (double& value : raw) {
    value = std::isnan(value) ? step.impute : value;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
    value = step.transform(value);
  }
  least = comm.all_min(least);
  greatest = comm.all_max(greatest);
  if (least == greatest) {
    return fmt::format("all its values are {}, which sets no customer apart", least);
  }
  step.offset = exact_mean(comm, raw, rows);
  if (scale == Scale::kStandard) {
    const double widest = std::max(std::fabs(step.transform(least) - step.offset),
                                   std::fabs(step.transform(greatest) - step.offset));
    numeric::ExactSum squares(widest * widest);
    for (const double value : raw) {
      squares.add((value - step.offset) * (value - step.offset));
    }
    numeric::ExactSum::all_reduce(comm, std::span(&squares, 1));
    step.divisor = std::sqrt(squares.value() / static_cast<double>(rows));
    if (!(step.divisor > 0) || !std::isfinite(step.divisor)) {
      return "its values differ too little, or too much, to be standardised";
    }
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

  // A first look at every category and number settles which columns are features, and with them the
  // layout of the prepared rows; a second reading fills it.
  Recipe recipe;
  recipe.id_column = options.id;
  std::vector<double> raw(share.count);
  for (const std::size_t i : selection.numeric) {
    const Column& column = table.columns()[i];
    report(column);
    NumericStep step;
    step.column = column.name;
    step.log1p = contains(options.log1p, column.name);
    comm.together([&] {
      table.read_numbers(i, share.first, raw);
      for (std::uint64_t row = 0; row < raw.size(); ++row) {
        step.check(table.name(), share.first + row + 1, raw[row]);
      }
    });
    const std::string reason = fit_numeric(comm, options.scale, rows, raw, step);
    if (reason.empty()) {
      recipe.numeric.push_back(std::move(step));
    } else {
      leave_out(selection, table, options, column.name, reason);  // the same on every rank
    }
  }
  raw = {};
  std::vector<std::int32_t> codes(share.count);
  for (const std::size_t i : selection.categories) {
    const Column& column = table.columns()[i];
    report(column);
    std::vector<std::int64_t> counts(column.levels.size());
    comm.together([&] {
      table.read_codes(i, share.first, codes);
      for (const std::int32_t code : codes) {
        if (code >= 0) {
          ++counts[static_cast<std::size_t>(code)];
        }
      }
    });
    comm.all_reduce(std::span<std::int64_t>(counts), comm::Op::kSum);
    CategoryStep step;
    const std::string reason = fit_category(column, counts, step);
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

  Fitted fitted{std::move(recipe), FeatureRows({}, 0, 0), {}, std::move(selection.left_out)};
  comm.together([&] {
    fitted.rows = FeatureRows(fitted.recipe.space(), share.count, share.first);
    Preparer(fitted.recipe, table).prepare(share.first, fitted.rows, fitted.counts);
  });
  fitted.counts.imputed = comm.all_sum(fitted.counts.imputed);
  fitted.counts.unseen = comm.all_sum(fitted.counts.unseen);
  return fitted;
}

}  // namespace tessera::features
