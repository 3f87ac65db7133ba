/// \file
/// Synthetic transactions of customers whose true segments are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tessera/numeric/random.hpp"
#include "tessera/table/synthetic/customers.hpp"
#include "tessera/table/synthetic/synthetic_table.hpp"

namespace tessera::table {

/// The lines of a year's invoices (2025), two or three to each, in the order of time: invoice,
/// customer, date, product, quantity, price of one, and the customer's true segment (1 ...
/// segments). An invoice in a hundred has no customer; what comes back has a negative quantity and
/// an invoice that begins with R.
///
/// The customers and their segments are those of SyntheticCustomers of the same seed. A segment has
/// a pace, a time of the year in which its customers buy (all of it; not the end, as lapsed ones;
/// the end alone, as new ones), products, prices, quantities and a share of returns, all functions
/// of (seed, segment). A row is a function of (seed, segments, customers, transactions, row).
class SyntheticTransactions final : public SyntheticTable {
 public:
  /// `customers` and `transactions` of 1 or more.
  SyntheticTransactions(std::uint64_t seed, std::size_t segments, std::uint64_t customers,
                        std::uint64_t transactions);

  void draw(std::uint64_t first, std::size_t count, SyntheticRows& rows) const override;

 private:
  struct Habits {
    double pace = 1;   ///< of buying, in (0, 1]
    double begin = 0;  ///< shares of the year
    double end = 1;
    double price = 1;  ///< median
    double returns = 0;
    std::vector<double> more;      ///< than one of a product: cumulated probabilities
    std::vector<double> products;  ///< likewise
  };
  struct Invoice;

  [[nodiscard]] static Habits make_habits(const numeric::Random& shapes, std::size_t segment);
  [[nodiscard]] Invoice make_invoice(std::uint64_t number) const;

  numeric::Random random_;
  SyntheticCustomers people_;
  std::uint64_t customers_;
  std::uint64_t invoices_;
  std::vector<Habits> habits_;
};

}  // namespace tessera::table
