// The rows of a share that count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rfm/amount.hpp"
#include "rfm/date_column.hpp"
#include "rfm/groups.hpp"
#include "rfm/id_column.hpp"
#include "rfm/join_keys.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/rfm/filter.hpp"
#include "tessera/rfm/transactions.hpp"

namespace tessera::rfm {

class RowReader {
 public:
  /// Collective. Keeps references to the tables. `join`: null if there is none.
  RowReader(const comm::Communicator& comm, const table::Table& table,
            const TransactionOptions& options, const Join* join);

  /// Not collective. The next rows of the share that count, possibly none; false behind the last
  /// row. What stood in `batch` is lost.
  [[nodiscard]] bool next(Batch& batch);

  [[nodiscard]] std::uint64_t done() const { return done_; }  ///< rows of the share
  [[nodiscard]] std::uint64_t rows() const { return share_.count; }
  [[nodiscard]] std::uint64_t kept() const { return kept_; }
  /// Of this rank.
  [[nodiscard]] const std::vector<Dropped>& dropped() const { return dropped_; }

  [[nodiscard]] const IdColumn& customers() const { return *customers_; }
  [[nodiscard]] bool has_invoices() const { return invoices_.has_value(); }
  /// The keys of a table that is joined by another one than the customers'; else null.
  [[nodiscard]] const KeyOrder* key_order() const { return key_order_ ? &*key_order_ : nullptr; }
  [[nodiscard]] std::optional<std::int64_t> snapshot() const { return snapshot_; }

 private:
  void open_columns(const table::Table& table, const TransactionOptions& options);
  template <typename Missing>
  void drop(std::size_t reason, const Missing& missing);
  [[nodiscard]] std::uint64_t key_at(std::size_t i) const;
  void take_kept(Batch& batch);

  comm::Share share_;
  std::optional<IdColumn> customers_;
  std::optional<IdColumn> invoices_;
  std::optional<IdColumn> keys_;
  std::optional<KeyOrder> key_order_;
  std::optional<DateColumn> dates_;
  std::optional<Amount> amount_;
  std::vector<Filter> filters_;
  std::optional<std::int64_t> snapshot_;

  std::uint64_t done_ = 0;
  std::uint64_t kept_ = 0;
  std::vector<Dropped> dropped_;

  // of the piece that was read last
  std::vector<std::uint8_t> keep_;
  Ids ids_;
  Ids bills_;
  Ids joined_;
  std::vector<std::int64_t> seconds_;
};

}  // namespace tessera::rfm
