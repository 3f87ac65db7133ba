#include "rfm/row_reader.hpp"

#include <algorithm>

#include "rfm/snapshot.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::rfm {
namespace {

constexpr std::uint64_t kPiece = table::kPieceValues;

}  // namespace

RowReader::RowReader(const comm::Communicator& comm, const table::Table& table,
                     const TransactionOptions& options, const Join* join)
    : share_(comm::share_of(table.rows(), comm.rank(), comm.size())) {
  std::optional<JoinedKeys> keys;
  comm.together([&] {
    open_columns(table, options);
    if (join != nullptr) {
      keys.emplace(*join, table);
    }
  });
  if (join != nullptr && join->key.own != options.customer) {
    keys_.emplace(table, join->key.own);
    key_order_.emplace(comm, *join, *keys);
  }
  if (!options.amount.empty()) {
    amount_.emplace(comm, table, options.amount);
  }
  dates_.emplace(comm, table, options.date, options.date_format);
}

void RowReader::open_columns(const table::Table& table, const TransactionOptions& options) {
  customers_.emplace(table, options.customer);
  dropped_.push_back({"no customer"});
  const std::size_t dates = table.find(options.date);
  for (const std::string& text : options.where) {
    filters_.emplace_back(table, text, dates);
    dropped_.push_back({text});
  }
  dropped_.push_back({"no date"});
  if (!options.amount.empty()) {
    dropped_.push_back({"no amount"});
  }
  if (!options.invoice.empty()) {
    invoices_.emplace(table, options.invoice);
  }
  if (!options.snapshot.empty()) {
    snapshot_ = parse_snapshot(options.snapshot);
    dropped_.push_back({"after the snapshot"});
  }
}

template <typename Missing>
void RowReader::drop(std::size_t reason, const Missing& missing) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < keep_.size(); ++i) {
    const bool drops = keep_[i] != 0 && missing(i);
    count += drops ? 1U : 0U;
    keep_[i] = drops ? 0 : keep_[i];
  }
  dropped_[reason].rows += count;
}

bool RowReader::next(Batch& batch) {
  const std::uint64_t count = std::min(kPiece, share_.count - done_);
  if (count == 0) {
    return false;
  }
  const std::uint64_t first = share_.first + done_;
  std::size_t reason = 0;
  keep_.assign(count, 1);
  customers_->read(first, count, ids_);
  drop(reason++, [&](std::size_t i) { return ids_.missing[i] != 0; });
  dates_->read(first, count, seconds_);
  for (Filter& filter : filters_) {
    dropped_[reason++].rows += filter.apply(first, seconds_, keep_);
  }
  drop(reason++, [&](std::size_t i) { return seconds_[i] == DateColumn::kNone; });
  if (amount_) {
    amount_->read(first, count);
    drop(reason++, [&](std::size_t i) { return amount_->is_missing(i); });
  }
  if (snapshot_) {
    drop(reason++, [&](std::size_t i) { return seconds_[i] > *snapshot_; });
  }
  if (invoices_) {
    invoices_->read(first, count, bills_);
  }
  if (keys_) {
    keys_->read(first, count, joined_);
  }
  take_kept(batch);
  done_ += count;
  return true;
}

std::uint64_t RowReader::key_at(std::size_t i) const {
  return joined_.missing[i] != 0
             ? kNoKey
             : key_order_->place_of(joined_.words[i],
                                    joined_.texts.empty() ? std::string_view() : joined_.texts[i]);
}

void RowReader::take_kept(Batch& batch) {
  batch.clear();
  for (std::size_t i = 0; i < keep_.size(); ++i) {
    if (keep_[i] == 0) {
      continue;
    }
    batch.ids.push_back(ids_.words[i]);
    batch.dates.push_back(seconds_[i]);
    if (!ids_.texts.empty()) {
      batch.texts.push_back(ids_.texts[i]);
    }
    if (amount_) {
      batch.amounts.push_back(amount_->at(i));
    }
    if (invoices_) {
      batch.invoices.push_back(bills_.words[i]);
    }
    if (keys_) {
      batch.keys.push_back(key_at(i));
    }
  }
  kept_ += batch.ids.size();
}

}  // namespace tessera::rfm
