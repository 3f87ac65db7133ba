/// \file
/// From transactions to customers with recency, frequency, monetary, scores and named segments.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/rfm/join.hpp"
#include "tessera/rfm/scores.hpp"
#include "tessera/rfm/transactions.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// One of the three scores.
struct RfmScore {
  std::string name;  ///< "recency"
  rfm::Cuts cuts{};
  bool is_stated = false;                             ///< else quintiles
  std::array<std::uint64_t, rfm::kBins> customers{};  ///< of each score, from 1
};

/// Of a rank.
struct RfmMemory {
  std::string memory;
  std::string scratch;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.memory,
          Field{.name = "memory",
                .value = "BYTES",
                .help =
                    "that a rank may use, such as 4G: customers and invoices that do not fit wait "
                    "in scratch files; if empty, all of it"});
    visit(self.scratch,
          Field{.name = "scratch",
                .value = "FOLDER",
                .help = "for scratch files, which have no names and are gone with the "
                        "job; if empty, that of TMPDIR, or /tmp"});
  }
};

/// Throws kUsage for what is no number of bytes.
void check(const RfmMemory& memory);

/// What is to be made.
struct RfmTask {
  rfm::TransactionOptions transactions;
  const rfm::Join* join = nullptr;
  rfm::ScoreOptions scores;
  std::string output;
  bool csv_safe = false;  ///< as of table::SinkPlan
  RfmMemory memory;
};

/// What came of a joined table.
struct RfmJoin {
  std::string table;
  rfm::JoinKey key;
  rfm::JoinCounts counts;
  std::vector<std::string> columns;                          ///< as they are written
  std::vector<std::pair<std::string, std::string>> renamed;  ///< the old and the new name
};

struct RfmResult {
  std::uint64_t rows = 0;
  std::uint64_t rows_kept = 0;
  std::vector<rfm::Dropped> dropped;
  std::uint64_t customers = 0;
  std::int64_t snapshot = 0;             ///< seconds since 1970
  std::optional<double> monetary_total;  ///< nothing without amounts
  std::vector<RfmScore> scores;
  std::vector<rfm::Rule> rules;
  std::vector<rfm::RuleTable::Audit> audit;  ///< of each rule
  std::optional<RfmJoin> joined;
  std::uint64_t spilled_bytes = 0;  ///< that all ranks put into scratch files
};

/// Collective. Groups the transactions of `table` and writes one row per customer, in the order of
/// their ids, to the file `task.output` (table::check_sink_name()), which appears whole at the end.
/// With an amount its columns are
///
///  - the customer column;
///  - `recency_days`: whole days from the last purchase to the snapshot, rounded down;
///  - `frequency`: distinct invoices, or rows;
///  - `monetary`: the exact sum of the amounts, rounded once;
///  - `tenure_days`: whole days from the first purchase to the snapshot, rounded down;
///  - `average_basket`: monetary / frequency;
///  - `mean_days_between`: from the first to the last purchase in days / (frequency - 1); missing
///    where there was one;
///  - `r_score`, `f_score`, `m_score` (1 to 5), `rfm_segment`;
///
/// without one, those but `monetary`, `average_basket` and `m_score`. The columns of a joined table
/// but its key stand behind them, missing where it has no row for a customer; one whose name is
/// taken is called NAME_joined. The file and the result are the same at any number of ranks, in any
/// order of the rows and with any memory. Throws as rfm::group() and rfm::RuleTable do.
[[nodiscard]] RfmResult make_customers(const comm::Communicator& comm, const table::Table& table,
                                       const RfmTask& task, Observer& observer);

/// Collective. Bytes that a rank needs, about, if every row is a customer of its own, or those that
/// are allowed: a limit. Throws kUnfit where the tables alone take more.
[[nodiscard]] std::uint64_t rfm_bytes_per_rank(const comm::Communicator& comm,
                                               const table::Table& table, const RfmTask& task);

}  // namespace tessera::pipeline
