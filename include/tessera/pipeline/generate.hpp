/// \file
/// Synthetic customers, or their transactions, into a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/table/synthetic/customers.hpp"

namespace tessera::pipeline {

struct GenerateOptions {
  std::uint64_t rows = 100'000;
  std::uint64_t segments = 5;
  std::uint64_t transactions = 0;  ///< 0: a row per customer
  std::uint64_t seed = 0;

  /// A hundred times as many as there are people.
  static constexpr double kMostRows = 1e12;

  /// All but the seed.
  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.rows, Field{.name = "rows",
                           .value = "N",
                           .help = "number of customers",
                           .least = 1,
                           .most = kMostRows});
    visit(self.segments, Field{.name = "segments",
                               .value = "S",
                               .help = "number of true segments, 1 to 1000",
                               .least = 1,
                               .most = table::SyntheticCustomers::kMaxSegments});
    visit(self.transactions, Field{.name = "transactions",
                                   .value = "N",
                                   .help = "so many transactions of these customers in place of a "
                                           "row for each",
                                   .least = 0,
                                   .most = kMostRows});
  }
};

/// Throws kUsage about the field whose value cannot be.
void check(const GenerateOptions& options);

/// What is written: table::SyntheticCustomers or table::SyntheticTransactions.
[[nodiscard]] std::unique_ptr<table::SyntheticTable> synthetic_table(
    const GenerateOptions& options);
/// Its rows.
[[nodiscard]] std::uint64_t synthetic_rows(const GenerateOptions& options);

/// Collective. Throws kIo if the folder of `output` has not the room for so many rows.
void require_room(const comm::Communicator& comm, const std::string& output,
                  const GenerateOptions& options);

/// Collective. Writes synthetic_table() to `output`, as table::create_sink() does; the same bytes
/// at any number of ranks. Returns the rows of each true segment. Throws as check() and
/// require_room() do, kCannotCreate or kIo.
std::vector<std::uint64_t> generate(const comm::Communicator& comm, const std::string& output,
                                    const GenerateOptions& options, Observer& observer);

}  // namespace tessera::pipeline
