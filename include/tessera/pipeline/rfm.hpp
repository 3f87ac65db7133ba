/// \file
/// From transactions to customers with recency, frequency, monetary, scores and named segments.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/pipeline/observer.hpp"
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
};

/// Collective. Groups the transactions of `table` and writes one row per customer, in the order of
/// their ids, to the file `output` (table::check_sink_name()), which appears whole at the end. With
/// an amount its columns are
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
/// without one, those but `monetary`, `average_basket` and `m_score`. The file and the result are
/// the same at any number of ranks and in any order of the rows. Throws as rfm::group() and
/// rfm::RuleTable do. `csv_safe`: as of table::SinkPlan.
[[nodiscard]] RfmResult make_customers(const comm::Communicator& comm, const table::Table& table,
                                       const rfm::TransactionOptions& transactions,
                                       const rfm::ScoreOptions& scores, const std::string& output,
                                       bool csv_safe, Observer& observer);

/// Collective. Bytes that a rank needs, about, if every row is a customer of its own: a limit.
[[nodiscard]] std::uint64_t rfm_bytes_per_rank(const comm::Communicator& comm,
                                               const table::Table& table);

}  // namespace tessera::pipeline
