#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "rfm/exchange.hpp"
#include "rfm/order.hpp"
#include "rfm/row_reader.hpp"
#include "rfm/snapshot.hpp"
#include "rfm/spill.hpp"
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

/// The groups that this rank owns, of all rows that count, and how many bytes had to leave memory.
struct Gathered {
  Groups groups;
  std::uint64_t spilled = 0;
};

/// What was spilled, part by part, without its bills.
Groups taken_together(const Spill& spill, Held held, const Grouping& grouping) {
  held.bills = false;
  Groups all(held);
  for (std::size_t i = 0; i < Spill::kParts; ++i) {
    const Groups part = spill.part(i);
    if (part.bytes() > grouping.memory) {
      fail_about(
          "memory", ExitCode::kUnfit,
          "a part of a rank's invoices takes {}, more than the {} that are left for it: allow "
          "more memory, or use more ranks",
          bytes_text(part.bytes()), bytes_text(grouping.memory));
    }
    std::vector<std::uint64_t> order(part.size());
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    all.add(parts_of(part, order));
  }
  return all;
}

/// Collective.
Gathered gather(const comm::Communicator& comm, RowReader& reader, const Grouping& grouping,
                Progress& progress) {
  // what is gathered is copied twice on its way, what is owned when it grows or is spilled
  const std::uint64_t most_gathered = grouping.memory / 16;
  const std::uint64_t most_owned = grouping.memory / 4;
  const Held held = {.texts = reader.customers().kind() == IdColumn::Kind::kText,
                     .bills = reader.has_invoices(),
                     .matches = grouping.join != nullptr};
  Groups owned(held);
  Groups local(held);
  Spill spill(grouping.scratch, held, static_cast<std::size_t>(comm.size()));
  const bool alone = comm.size() == 1;
  Batch batch;
  for (bool all_done = false; !all_done;) {
    bool is_done = false;
    comm.together([&] {
      while (!is_done && local.entries() < grouping.gathered && local.bytes() <= most_gathered) {
        is_done = !reader.next(batch);
        if (!is_done) {
          (alone ? owned : local).add(batch);
          progress.step("grouping", reader.done(), reader.rows());
        }
        if (owned.bytes() > most_owned) {
          spill.put(owned);
        }
      }
    });
    if (!alone) {
      send_to_owners(comm, local, owned);
    }
    all_done = comm.all_min(static_cast<std::uint64_t>(is_done)) == 1;
  }
  comm.together([&] {
    if (!spill.is_empty()) {
      spill.put(owned);
      owned = taken_together(spill, held, grouping);
    }
  });
  return {std::move(owned), comm.all_sum(spill.bytes())};
}

/// Collective.
void require_room(const comm::Communicator& comm, const Groups& customers,
                  const Grouping& grouping) {
  const auto needed =
      comm.all_max(static_cast<std::uint64_t>(customers.size()) * grouping.per_customer +
                   3 * customers.text_bytes());
  if (needed > grouping.memory) {
    fail_about(
        "memory", ExitCode::kUnfit,
        "{} take {} of a rank, more than the {} that are left for them: allow more memory, or "
        "use more ranks",
        counted(comm.all_sum(static_cast<std::uint64_t>(customers.size())), "customer"),
        bytes_text(needed), bytes_text(grouping.memory));
  }
}

/// Collective. From the keys of the customers to the rows of the joined table.
JoinCounts find_rows(const comm::Communicator& comm, const Join& join, const table::Table& table,
                     const KeyOrder* keys, Groups& customers) {
  JoinCounts counts{.rows = join.table.rows()};
  if (keys == nullptr) {
    counts.without_key = match_customers(comm, join, JoinedKeys(join, table), customers);
  } else {
    counts.without_key = keys->without_key();
    for (Match& match : customers.matches()) {
      match = {.when = 0, .key = keys->row_of(match.key), .several = match.several};
    }
  }
  for (const Match& match : customers.matches()) {
    counts.matched += match.key != kNoRow ? 1U : 0U;
    counts.several += match.several;
  }
  counts.matched = comm.all_sum(counts.matched);
  counts.several = comm.all_sum(counts.several);
  return counts;
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

JoinKey join_key_of(const std::string& join_key, const std::string& customer) {
  const std::size_t equals = join_key.find('=');
  JoinKey key = {join_key.empty() ? customer : join_key, join_key.empty() ? customer : join_key};
  if (equals != std::string::npos) {
    key = {join_key.substr(0, equals), join_key.substr(equals + 1)};
  }
  if (key.own.empty() || key.theirs.empty()) {
    fail_about("join_key", ExitCode::kUsage, "join key {}: expected COLUMN or OURS=THEIRS",
               join_key);
  }
  return key;
}

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

void ask_for_columns(const TransactionOptions& options, const std::string& join_key,
                     table::ReadOptions& read) {
  std::set<std::string> names = {options.customer, options.date, options.invoice, join_key};
  const std::string& amount = options.amount;
  names.insert(amount);
  for (std::size_t star = amount.find('*'); star != std::string::npos;
       star = amount.find('*', star + 1)) {
    const std::string_view both = amount;
    for (const std::string_view side : {both.substr(0, star), both.substr(star + 1)}) {
      names.insert({std::string(side), std::string(trimmed(side))});
    }
  }
  if (!read.date_format.empty()) {
    read.expected.emplace(options.date, table::ColumnType::kDate);
  }
  read.wants = [names, tests = options.where](const std::string& column) {
    return names.contains(column) || std::ranges::any_of(tests, [&](const std::string& test) {
             return trimmed(test).starts_with(column);
           });
  };
}

void check(const comm::Communicator& comm, const table::Table& table,
           const TransactionOptions& options, const Join* join) {
  const RowReader reader(comm, table, options, join);
}

Grouped group(const comm::Communicator& comm, const table::Table& table,
              const TransactionOptions& options, Progress& progress, const Grouping& grouping) {
  const Join* const join = grouping.join;
  RowReader reader(comm, table, options, join);
  auto [groups, spilled] = gather(comm, reader, grouping, progress);
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
  result.spilled = spilled;
  require_room(comm, groups, grouping);
  if (join != nullptr) {
    result.joined = find_rows(comm, *join, table, reader.key_order(), groups);
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
