#include <algorithm>
#include <set>
#include <utility>

#include "rfm/exchange.hpp"
#include "rfm/order.hpp"
#include "rfm/row_reader.hpp"
#include "rfm/snapshot.hpp"
#include "rfm/words.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/rfm/transactions.hpp"

namespace tessera::rfm {
namespace {

void require(std::string_view field, const std::string& value) {
  if (value.empty()) {
    fail_about(field, ExitCode::kUsage, "{} is missing", field);
  }
}

/// Collective. The groups that this rank owns, of all rows that count.
Groups gather(const comm::Communicator& comm, RowReader& reader, std::uint64_t gathered,
              Progress& progress) {
  const bool has_texts = reader.customers().kind() == IdColumn::Kind::kText;
  Groups owned(has_texts, reader.has_invoices());
  Groups local(has_texts, reader.has_invoices());
  Groups& target = comm.size() > 1 ? local : owned;
  Batch batch;
  for (bool all_done = false; !all_done;) {
    bool is_done = false;
    comm.together([&] {
      while (!is_done && local.entries() < gathered) {
        is_done = !reader.next(batch);
        if (!is_done) {
          target.add(batch);
          progress.step("grouping", reader.done(), reader.rows());
        }
      }
    });
    if (comm.size() > 1) {
      send_to_owners(comm, local, owned);
    }
    all_done = comm.all_min(static_cast<std::uint64_t>(is_done)) == 1;
  }
  return owned;
}

std::string what_dropped(const std::vector<Dropped>& dropped) {
  std::string text;
  for (const Dropped& one : dropped) {
    if (one.rows > 0) {
      text += fmt::format("{}{} by '{}'", text.empty() ? "" : ", ", grouped(one.rows), one.reason);
    }
  }
  return text;
}

}  // namespace

std::int64_t parse_snapshot(const std::string& text) {
  if (const auto seconds = date_of(text)) {
    return *seconds;
  }
  fail_about("snapshot", ExitCode::kUsage,
             "snapshot {}: expected a date such as 2024-01-31 or 2024-01-31T18:00:00", text);
}

void check(const TransactionOptions& options) {
  require("customer", options.customer);
  require("date", options.date);
  for (const std::string& text : options.where) {
    check_filter(text);
  }
  if (!options.snapshot.empty()) {
    static_cast<void>(parse_snapshot(options.snapshot));
  }
  if (!options.date_format.empty()) {
    static_cast<void>(DateFormat::stated(options.date_format));
  }
}

void ask_for_columns(const TransactionOptions& options, table::ReadOptions& read) {
  std::set<std::string> names = {options.customer, options.date, options.invoice};
  const std::string& amount = options.amount;
  names.insert(amount);
  for (std::size_t star = amount.find('*'); star != std::string::npos;
       star = amount.find('*', star + 1)) {
    const std::string_view both = amount;
    for (const std::string_view side : {both.substr(0, star), both.substr(star + 1)}) {
      names.insert({std::string(side), std::string(trimmed(side))});
    }
  }
  // As text, whose one way of writing is found in memory: without a stated format a column of dates
  // would have all of the text read twice.
  read.expected.emplace(
      options.date, read.date_format.empty() ? table::ColumnType::kText : table::ColumnType::kDate);
  read.wants = [names, tests = options.where](const std::string& column) {
    return names.contains(column) || std::ranges::any_of(tests, [&](const std::string& test) {
             return trimmed(test).starts_with(column);
           });
  };
}

void check(const comm::Communicator& comm, const table::Table& table,
           const TransactionOptions& options) {
  const RowReader reader(comm, table, options);
}

Grouped group(const comm::Communicator& comm, const table::Table& table,
              const TransactionOptions& options, Progress& progress, std::uint64_t gathered) {
  RowReader reader(comm, table, options);
  Groups groups = gather(comm, reader, gathered, progress);
  Grouped result;
  result.rows = table.rows();
  result.kept = comm.all_sum(reader.kept());
  result.dropped = reader.dropped();
  for (Dropped& one : result.dropped) {
    one.rows = comm.all_sum(one.rows);
  }
  if (result.kept == 0) {
    fail(ExitCode::kBadData, "{}: none of {} is left: {}", table.name(),
         counted(result.rows, "row"), what_dropped(result.dropped));
  }
  result.customers = in_order(comm, groups, reader.customers().kind());
  result.customers.id_name = reader.customers().name();
  result.all = comm.all_sum(result.customers.count());
  std::int64_t last = DateColumn::kNone;
  for (std::size_t i = 0; i < result.customers.count(); ++i) {
    last = std::max(last, result.customers.last[i]);
    result.spent += result.customers.spent[i];
  }
  last = comm.all_max(last);
  result.snapshot = reader.snapshot().value_or(last + kSecondsPerDay);
  result.spent = numeric::Decimal::all_sum(comm, result.spent);
  return result;
}

}  // namespace tessera::rfm
