/// \file
/// Customers on their way into a file. Private to src/pipeline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/pipeline/rfm.hpp"
#include "tessera/rfm/join.hpp"
#include "tessera/rfm/scores.hpp"
#include "tessera/rfm/transactions.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::pipeline {

/// The customers of a rank as columns.
class CustomerTable {
 public:
  /// Keeps a reference to the customers.
  CustomerTable(const rfm::Grouped& grouped, bool has_amounts);

  [[nodiscard]] const std::vector<double>& values(std::string_view name) const;

  /// Adds the scores and the segments, which are counted in `cells`.
  void score(const std::vector<RfmScore>& by, const rfm::RuleTable& rules,
             const std::vector<std::string>& levels, std::vector<std::uint64_t>& cells);

  /// Adds columns of another table. Those of a name that is taken get another one, as long as that
  /// is free; returns what they are called by then: the old name and the new one. Throws kBadData.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> join(
      std::vector<rfm::JoinedColumn> columns);

  /// The columns that join() added, in their order.
  [[nodiscard]] std::vector<std::string> joined_names() const;

  /// Collective. All columns, as a file may want to know them before.
  [[nodiscard]] std::vector<table::PlannedColumn> plan(
      const comm::Communicator& comm, const std::vector<std::string>& levels) const;
  [[nodiscard]] table::SinkBatch batch(std::uint64_t first) const;

 private:
  /// Numbers as they are written: whole ones by name.
  struct Numbers {
    std::string name;
    std::vector<double> values;
    bool is_whole = true;
  };

  [[nodiscard]] rfm::Scores scores(std::size_t i, const std::vector<RfmScore>& by) const;
  [[nodiscard]] table::PlannedColumn id_plan(const comm::Communicator& comm) const;
  [[nodiscard]] bool has(const std::string& name) const;

  const rfm::Customers& customers_;
  bool has_amounts_;
  std::vector<Numbers> columns_;
  std::vector<std::int32_t> segments_;
  std::vector<rfm::JoinedColumn> joined_;
};

}  // namespace tessera::pipeline
