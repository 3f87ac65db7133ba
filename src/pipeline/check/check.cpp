#include "tessera/pipeline/check.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "pipeline/check/columns.hpp"
#include "pipeline/check/correlate.hpp"
#include "pipeline/check/findings.hpp"
#include "pipeline/memory.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/rows/doubled_keys.hpp"
#include "tessera/features/rows/id_keys.hpp"
#include "tessera/features/rows/masses.hpp"

namespace tessera::pipeline {
namespace {

/// Throws kBadData.
void check_names(const table::Table& table, const CheckOptions& options) {
  for (const std::string& name : {options.id, options.label, options.weight}) {
    if (!name.empty()) {
      static_cast<void>(table.find(name));
    }
  }
  for (const std::string& name : options.ignore) {
    static_cast<void>(table.find(name));
    if (name == options.id || name == options.label) {
      fail_about("ignore", ExitCode::kUsage, "column \"{}\" cannot be ignored and the {} as well",
                 name, name == options.id ? "id" : "label");
    }
  }
  if (!options.id.empty() && options.id == options.label) {
    fail_about("label", ExitCode::kUsage, "column \"{}\" cannot be both id and label", options.id);
  }
  if (!options.weight.empty() &&
      (options.weight == options.id || options.weight == options.label)) {
    fail_about("weight", ExitCode::kUsage, "column \"{}\" cannot be the weight and the {} as well",
               options.weight, options.weight == options.id ? "id" : "label");
  }
  if (table.rows() == 0) {
    fail(ExitCode::kBadData, "{}: there are no rows to check", table.name());
  }
}

/// Whether a column varies, and its numbers can be compared with others'.
bool can_correlate(const CheckedColumn& column) {
  return column.scale > 0 && column.squares > 0 && column.facts.infinite == 0 &&
         column.why_id.empty();
}

/// Collective: the second pass.
void find_correlations(const comm::Communicator& comm, const table::Table& table,
                       const std::vector<CheckedColumn>& columns, const CheckOptions& options,
                       Observer& observer, CheckResult& result) {
  std::vector<std::size_t> indices;
  std::vector<const CheckedColumn*> taken;
  for (const CheckedColumn& column : columns) {
    if (!can_correlate(column)) {
      continue;
    }
    if (taken.size() == kMostCorrelated) {
      ++result.columns_not_correlated;
      continue;
    }
    indices.push_back(table.find(column.facts.name));
    taken.push_back(&column);
  }
  result.correlated_columns = taken.size();
  if (taken.size() < 2) {
    return;
  }
  const Correlations found = correlate(comm, table, indices, taken, observer);
  for (std::size_t j = 0; j < taken.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (std::fabs(found.at(i, j)) >= options.correlated) {  // not NaN
        result.correlations.push_back({taken[i]->facts.name, taken[j]->facts.name, found.at(i, j)});
      }
    }
  }
  std::ranges::stable_sort(result.correlations, std::greater{},
                           [](const Correlation& one) { return std::fabs(one.value); });
}

void find_missing_together(const std::vector<CheckedColumn>& columns, std::uint64_t rows,
                           CheckResult& result) {
  std::map<std::uint64_t, std::vector<std::string>> groups;
  std::vector<std::uint64_t> order;
  for (const CheckedColumn& column : columns) {
    if (column.facts.missing > 0 && column.facts.missing < rows) {
      std::vector<std::string>& group = groups[column.missing_rows];
      if (group.empty()) {
        order.push_back(column.missing_rows);
      }
      group.push_back(column.facts.name);
    }
  }
  for (const std::uint64_t key : order) {
    if (groups[key].size() > 1) {
      result.missing_together.push_back(groups[key]);
    }
  }
}

ColumnFacts facts_of_id(const table::Table& table, const CheckResult& result, std::size_t index) {
  ColumnFacts facts;
  facts.name = table.columns()[index].name;
  facts.type = table.columns()[index].type;
  facts.missing = result.ids->missing;
  facts.distinct =
      table.rows() - result.ids->missing - result.ids->doubled_rows + result.ids->doubled_ids;
  return facts;
}

}  // namespace

std::uint64_t plan_check(const comm::Communicator& comm, const table::Table& table,
                         const CheckOptions& options) {
  comm.together([&] { check_names(table, options); });
  constexpr std::uint64_t kHashes = 8;
  constexpr std::uint64_t kExchanged = 8;
  constexpr std::uint64_t kLabel = 4;
  constexpr std::uint64_t kBlocks = kMostCorrelated * kRowsInBlock * 3 * sizeof(double);
  const auto numbers = static_cast<std::uint64_t>(
      std::ranges::count_if(table.columns(), &table::Column::has_numbers));
  const std::uint64_t held =
      std::max<std::uint64_t>(std::min<std::uint64_t>(table.columns_per_read(), numbers), 1);
  const std::uint64_t bytes = bytes_of_rows(bytes_before_work(comm, table),
                                            comm::share_of(table.rows(), 0, comm.size()).count,
                                            8 * held + kHashes + kExchanged + kLabel, kBlocks);
  require_memory(comm, bytes, "checking " + table.name(), "use more nodes");
  return bytes;
}

CheckResult check_table(const comm::Communicator& comm, const table::Table& table,
                        const CheckOptions& options, Observer& observer) {
  static_cast<void>(plan_check(comm, table, options));
  CheckResult result;
  result.rows = table.rows();
  result.min_group = model::min_group_of(options.min_group, table.rows());
  std::vector<CheckedColumn> columns;
  {
    const Section section(observer, "check");
    if (!options.weight.empty()) {
      (void)features::read_masses(comm, table, options.weight);
    }
    if (!options.id.empty()) {
      result.ids = features::find_id_faults(comm, table, options.id, 0);
    }
    FirstPass pass(comm, table, options, result.min_group, observer);
    columns = pass.run();
    const features::DoubledKeys doubled = features::find_doubled(comm, pass.row_hashes(), 0);
    result.doubled_rows = columns.empty() ? 0 : doubled.rows;
    result.doubled_contents = columns.empty() ? 0 : doubled.keys;
  }
  auto next = columns.begin();
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    const bool is_id = table.columns()[i].name == options.id;
    result.columns.push_back(is_id ? facts_of_id(table, result, i) : (next++)->facts);
  }
  std::erase_if(columns, [&](const CheckedColumn& column) {
    return column.facts.name == options.weight ||
           std::ranges::find(options.ignore, column.facts.name) != options.ignore.end();
  });
  for (const std::string& name : options.ignore) {
    result.suggestion.ignored.push_back({name, {}, "it is to be left out"});
  }
  {
    const Section section(observer, "compare");
    find_correlations(comm, table, columns, options, observer, result);
  }
  comm.together([&] { table.check_unchanged(); });
  find_missing_together(columns, table.rows(), result);
  judge(columns, options, result);
  return result;
}

}  // namespace tessera::pipeline
