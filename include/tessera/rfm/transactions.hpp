/// \file
/// From a table of transactions to one row per customer, grouped over all ranks.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/base/progress.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/decimal.hpp"
#include "tessera/rfm/join.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/table.hpp"

namespace tessera::rfm {

/// Which columns of a table say what, and which of its rows count.
struct TransactionOptions {
  std::string customer;
  std::string date;
  std::string amount;
  std::string invoice;
  std::string snapshot;
  std::vector<std::string> where;  ///< as of Filter (filter.hpp)
  std::string date_format;         ///< as of DateFormat::stated(); empty: whichever fits all dates

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.customer, Field{.name = "customer",
                               .value = "COLUMN",
                               .help = "identifies customers, by number or text (required)"});
    visit(self.date,
          Field{.name = "date", .value = "COLUMN", .help = "when it was bought (required)"});
    visit(self.amount,
          Field{.name = "amount",
                .value = "COLUMN",
                .help = "what was paid: a column, or a product of two, Quantity*UnitPrice; without "
                        "it there is nothing monetary"});
    visit(self.invoice, Field{.name = "invoice",
                              .value = "COLUMN",
                              .help = "frequency is the number of its distinct values; without it, "
                                      "of rows"});
    visit(self.snapshot,
          Field{.name = "snapshot",
                .value = "DATE",
                .help = "days are counted up to it, as 2024-01-31 or with a time, and what comes "
                        "later is left out; if empty, a day after the last purchase"});
  }
  static constexpr Field kWhere = {
      .name = "where",
      .value = "TEST",
      .help =
          "keeps rows: 'COLUMN OP VALUE' with = != < <= > >= ^= (begins with) or !^=; may be "
          "given several times"};
};

/// Throws kUsage about what is missing or cannot be.
void check(const TransactionOptions& options);

/// Has no more columns of a text read than these transactions need, and `join_key`, if it is not
/// empty.
void ask_for_columns(const TransactionOptions& options, const std::string& join_key,
                     table::ReadOptions& read);

/// Collective. Throws as group() does about columns, tests, and how dates are written.
void check(const comm::Communicator& comm, const table::Table& table,
           const TransactionOptions& options, const Join* join = nullptr);

/// Rows that were left out for one reason, and for none named before it.
struct Dropped {
  std::string reason;
  std::uint64_t rows = 0;
};

/// A rank's customers, in the order of their ids (numbers by value, texts by bytes), behind those
/// of the ranks below: vectors of one value per customer.
struct Customers {
  std::string id_name;
  std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>> ids;
  std::vector<std::int64_t> first;      ///< purchase, in seconds since 1970
  std::vector<std::int64_t> last;       ///< likewise
  std::vector<std::uint64_t> bought;    ///< how often: invoices, or rows; at least 1
  std::vector<numeric::Decimal> spent;  ///< 0 without an amount
  std::vector<std::uint64_t> joined;    ///< row of the joined table, if there is one, or kNoRow

  [[nodiscard]] std::uint64_t count() const { return bought.size(); }
};

struct Grouped {
  Customers customers;           ///< of this rank
  std::uint64_t rows = 0;        ///< of the table
  std::uint64_t kept = 0;        ///< rows that count
  std::vector<Dropped> dropped;  ///< in the order in which rows are looked at
  std::uint64_t all = 0;         ///< customers of all ranks
  std::int64_t snapshot = 0;     ///< seconds since 1970
  numeric::Decimal spent;        ///< by all
  JoinCounts joined;
  std::uint64_t spilled = 0;  ///< bytes that all ranks put into files
};

/// How many customers and invoices a rank gathers before it sends them to those that count them.
inline constexpr std::uint64_t kGathered = std::uint64_t{1} << 20U;

/// What a rank needs for each of its customers, whose ids are numbers, and for what it gathers.
inline constexpr std::uint64_t kCustomerBytes = 250;
inline constexpr std::uint64_t kGatheredBytes = 150;
/// The same for a row of a joined table.
inline constexpr std::uint64_t kMatchBytes = 64;

/// How rows are grouped.
struct Grouping {
  std::uint64_t gathered = kGathered;
  const Join* join = nullptr;  ///< a table that is joined
  /// Bytes of a rank for what it gathers and owns. What does not fit is put into files without
  /// names in the folder `scratch` (io::ScratchFile) until all rows were read; the customers
  /// themselves, with `per_customer` bytes each, have to fit in the end.
  std::uint64_t memory = std::numeric_limits<std::uint64_t>::max();
  std::string scratch{};
  std::uint64_t per_customer = kCustomerBytes;
};

/// Collective. Goes through the table once (twice where dates stand as text): each rank groups the
/// rows of its share, up to `gathered` customers at a time, and sends what it has to the ranks that
/// own them, by a hash of the id. Everything but the counts of rows is the same at any number of
/// ranks and in any order of the rows. A rank of P needs about
///
///     customers / P x (250 + 3 x bytes of an id that is text) + invoices / P x 96
///         + gathered x (150 + 2 x bytes of an id) bytes
///
/// or what `grouping` allows. The customers are the same whatever that is.
///
/// Rows are dropped, and counted, that have no customer, that a filter refuses, that have no date
/// or no amount, and those after a stated snapshot. Texts are compared byte by byte; invoices of
/// one customer by 64-bit hashes.
///
/// With `join` each customer gets the row of the joined table that has its key. Of a key that is
/// not the customers' own, the customer's is that of its last purchase that has one; of several at
/// that time the greatest that the table has (numbers by value, texts by bytes).
///
/// Throws kBadData for a column that is not there or not of its kind, a cell that cannot be (naming
/// its row), a key that stands in two rows of the joined table, and where no row is left; kUnfit
/// where the customers do not fit into the memory allowed; kCannotCreate or kIo about the scratch
/// files.
[[nodiscard]] Grouped group(const comm::Communicator& comm, const table::Table& table,
                            const TransactionOptions& options, Progress& progress,
                            const Grouping& grouping = {});

}  // namespace tessera::rfm
