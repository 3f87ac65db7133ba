#include "tessera/pipeline/rfm.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/memory.hpp"
#include "pipeline/rfm_table.hpp"
#include "tessera/base/byte_size.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/scratch_file.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::pipeline {
namespace {

// Names of segments in the order of a category's levels; several rules may have one.
std::vector<std::string> levels_of(const std::vector<rfm::Rule>& rules) {
  std::vector<std::string> levels(rules.size());
  std::ranges::transform(rules, levels.begin(), &rfm::Rule::segment);
  std::ranges::sort(levels);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

/// Collective.
std::vector<RfmScore> find_cuts(const comm::Communicator& comm, const CustomerTable& customers,
                                const rfm::ScoreOptions& options, std::uint64_t known,
                                bool has_amounts) {
  std::vector<RfmScore> scores;
  const auto add = [&](std::string name, std::string_view column,
                       const std::optional<rfm::Cuts>& stated) {
    RfmScore& score = scores.emplace_back();
    score.name = std::move(name);
    score.is_stated = stated.has_value();
    score.cuts = stated ? *stated : rfm::quintiles(comm, customers.values(column), known);
  };
  add("recency", "recency_days", options.recency);
  add("frequency", "frequency", options.frequency);
  if (has_amounts) {
    add("monetary", "monetary", options.monetary);
  }
  return scores;
}

void count_scores(const std::vector<std::uint64_t>& cells, std::vector<RfmScore>& scores) {
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const rfm::Scores these = rfm::Scores::of_cell(cell);
    const std::array<int, 3> each = {these.r, these.f, these.m};
    for (std::size_t s = 0; s < scores.size(); ++s) {
      scores[s].customers[static_cast<std::size_t>(each[s] - 1)] += cells[cell];
    }
  }
}

/// Collective.
RfmJoin add_joined(const comm::Communicator& comm, const rfm::Join& join,
                   const rfm::Grouped& grouped, CustomerTable& customers) {
  RfmJoin joined{.table = join.table.name(),
                 .key = join.key,
                 .counts = grouped.joined,
                 .columns = {},
                 .renamed = {}};
  std::vector<rfm::JoinedColumn> columns =
      rfm::joined_columns(comm, join, grouped.customers.joined);
  comm.together([&] {
    join.table.check_unchanged();
    joined.renamed = customers.join(std::move(columns));
    joined.columns = customers.joined_names();
  });
  return joined;
}

void refuse_own_names(const std::string& customer) {
  for (const std::string_view name :
       {"recency_days", "frequency", "monetary", "tenure_days", "average_basket",
        "mean_days_between", "r_score", "f_score", "m_score", "rfm_segment"}) {
    if (customer == name) {
      fail_about("customer", ExitCode::kBadData,
                 "customers are written with a column '{}', and so their id cannot be called that; "
                 "rename it",
                 name);
    }
  }
}

/// What a rank needs beside the transactions' customers, and for each of those.
struct Needs {
  std::uint64_t before = 0;
  std::uint64_t per_customer = rfm::kCustomerBytes;
};

/// Collective.
Needs needs_of(const comm::Communicator& comm, const table::Table& table, const rfm::Join* join) {
  // a key on its way and in place, what a customer has of each column
  constexpr std::uint64_t kKeyBytes = 150;
  constexpr std::uint64_t kValueBytes = 24;
  Needs needs{.before = bytes_before_work(comm, table)};
  if (join != nullptr) {
    needs.before =
        bytes_of_rows(needs.before + comm.all_max(join->table.memory_bytes()),
                      comm::share_of(join->table.rows(), 0, comm.size()).count, kKeyBytes);
    needs.per_customer += rfm::kMatchBytes + kValueBytes * (join->table.columns().size() - 1);
  }
  return needs;
}

/// How the rows are grouped within the memory that is allowed.
rfm::Grouping grouping_of(const Needs& needs, const table::Table& table, const RfmTask& task) {
  rfm::Grouping grouping{.join = task.join};
  grouping.scratch = task.memory.scratch.empty() ? io::usual_scratch_folder() : task.memory.scratch;
  grouping.per_customer = needs.per_customer;
  if (const auto allowed = parse_bytes(task.memory.memory)) {
    if (*allowed <= needs.before) {
      fail_about("memory", ExitCode::kUnfit,
                 "the program and {} take {} of a rank, and {} are allowed: allow more, use more "
                 "ranks, or ingest what is text first",
                 table.name(), bytes_text(needs.before), bytes_text(*allowed));
    }
    grouping.memory = *allowed - needs.before;
  }
  return grouping;
}

}  // namespace

void check(const RfmMemory& memory) {
  if (!memory.memory.empty() && !parse_bytes(memory.memory)) {
    fail_about("memory", ExitCode::kUsage, "memory {}: expected bytes, such as 500M or 4G",
               memory.memory);
  }
}

RfmResult make_customers(const comm::Communicator& comm, const table::Table& table,
                         const RfmTask& task, Observer& observer) {
  const bool has_amounts = !task.transactions.amount.empty();
  refuse_own_names(task.transactions.customer);
  const rfm::RuleTable rules(task.scores.rules, has_amounts);
  const std::vector<std::string> levels = levels_of(task.scores.rules);
  rfm::Grouped grouped;
  {
    const Section section(observer, "group");
    grouped = rfm::group(comm, table, task.transactions, observer,
                         grouping_of(needs_of(comm, table, task.join), table, task));
  }
  comm.together([&] { table.check_unchanged(); });
  RfmResult result{.rows = grouped.rows,
                   .rows_kept = grouped.kept,
                   .dropped = grouped.dropped,
                   .customers = grouped.all,
                   .snapshot = grouped.snapshot,
                   .monetary_total = {},
                   .scores = {},
                   .rules = task.scores.rules,
                   .audit = {},
                   .joined = {},
                   .spilled_bytes = grouped.spilled};
  if (has_amounts) {
    result.monetary_total = grouped.spent.value();
  }
  std::optional<CustomerTable> customers;
  std::vector<std::uint64_t> cells(rfm::Scores::kCells);
  {
    const Section section(observer, "score");
    comm.together([&] { customers.emplace(grouped, has_amounts); });
    result.scores = find_cuts(comm, *customers, task.scores, grouped.all, has_amounts);
    comm.together([&] { customers->score(result.scores, rules, levels, cells); });
    comm.all_reduce(std::span<std::uint64_t>(cells), comm::Op::kSum);
    count_scores(cells, result.scores);
    result.audit = rules.audit(cells);
  }
  if (task.join != nullptr) {
    const Section section(observer, "join");
    result.joined = add_joined(comm, *task.join, grouped, *customers);
  }
  const Section section(observer, "write");
  const auto sink = table::create_sink(comm, task.output,
                                       {.rows = grouped.all,
                                        .columns = customers->plan(comm, levels),
                                        .notes = {{"made_by", "tessera rfm"}},
                                        .csv_safe = task.csv_safe});
  const std::uint64_t first = comm.sum_of_lower_ranks(grouped.customers.count());
  table::SinkBatch batch;
  comm.together([&] { batch = customers->batch(first); });
  sink->write(batch);
  sink->commit();
  return result;
}

std::uint64_t rfm_bytes_per_rank(const comm::Communicator& comm, const table::Table& table,
                                 const RfmTask& task) {
  const Needs needs = needs_of(comm, table, task.join);
  (void)grouping_of(needs, table, task);  // refuses too little
  const std::uint64_t gathered =
      comm.size() > 1 ? std::min(rfm::kGathered, table.rows()) * rfm::kGatheredBytes : 0;
  const std::uint64_t rows = comm::share_of(table.rows(), 0, comm.size()).count;
  const std::uint64_t bytes = bytes_of_rows(needs.before, rows, needs.per_customer, gathered);
  return std::min(bytes, parse_bytes(task.memory.memory).value_or(bytes));
}

}  // namespace tessera::pipeline
