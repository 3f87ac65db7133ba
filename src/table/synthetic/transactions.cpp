#include "tessera/table/synthetic/transactions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "table/synthetic/draws.hpp"

namespace tessera::table {
namespace {

constexpr std::array kProducts = {"accessories", "beauty", "books", "electronics", "food", "garden",
                                  "home",        "kids",   "shoes", "sports",      "toys", "women"};

constexpr std::uint64_t kYearBegin = 1735689600;  // 2025-01-01T00:00:00Z
constexpr std::uint64_t kYearSeconds = 365ULL * 24 * 60 * 60;
constexpr double kWithoutCustomer = 0.01;

// Every two invoices have five lines.
constexpr std::uint64_t kInvoices = 2;
constexpr std::uint64_t kLines = 5;

// Draws of an invoice, and of a line.
constexpr std::uint32_t kTimeDraw = 0;
constexpr std::uint32_t kReturnDraw = 1;
constexpr std::uint32_t kGuestDraw = 2;
constexpr std::uint32_t kProductDraw = 3;
constexpr std::uint32_t kQuantityDraw = 4;
constexpr std::uint32_t kPriceDraw = 5;
constexpr std::uint32_t kCustomerDraw = 8;
// so often that it hardly ever is somebody who does not buy at that time
constexpr std::uint32_t kMostTries = 200;

enum Columns : std::size_t { kInvoice, kCustomer, kDate, kProduct, kQuantity, kPrice, kSegment };

}  // namespace

struct SyntheticTransactions::Invoice {
  std::uint64_t number;
  std::uint64_t customer;
  std::uint64_t seconds;
  std::size_t segment;
  bool is_return;
  bool has_customer;
};

SyntheticTransactions::SyntheticTransactions(std::uint64_t seed, std::size_t segments,
                                             std::uint64_t customers, std::uint64_t transactions)
    : random_(seed, numeric::kTransactions),
      people_(seed, segments),
      customers_(customers),
      invoices_((transactions - 1) * kInvoices / kLines + 1) {
  add_column("invoice", ColumnType::kText);
  add_column("customer_id", ColumnType::kText);
  add_column("date", ColumnType::kDate).has_time = true;
  add_column("product", ColumnType::kCategory).levels = {kProducts.begin(), kProducts.end()};
  add_column("quantity", ColumnType::kInteger);
  add_column("unit_price", ColumnType::kReal, 2);
  add_column("segment", ColumnType::kInteger);
  const numeric::Random shapes(seed, numeric::kTransactionShape);
  for (std::size_t segment = 0; segment < segments; ++segment) {
    habits_.push_back(make_habits(shapes, segment));
  }
}

SyntheticTransactions::Habits SyntheticTransactions::make_habits(const numeric::Random& shapes,
                                                                 std::size_t segment) {
  struct Season {
    double begin;
    double end;
  };
  constexpr std::array kSeasons = {Season{0, 1}, Season{0, 1}, Season{0, 0.6}, Season{0.75, 1}};
  constexpr std::uint64_t kLevels = 4;
  std::uint32_t draw = 0;
  const auto level = [&] { return shapes.below(kLevels, segment, draw++); };
  Habits habits;
  for (std::uint64_t steps = level(); steps > 0; --steps) {
    habits.pace *= 0.4;
  }
  const Season season = kSeasons.at(level());
  habits.begin = season.begin;
  habits.end = season.end;
  habits.price = 4;
  for (std::uint64_t steps = level(); steps > 0; --steps) {
    habits.price *= 2;
  }
  habits.more = poisson(0.3 + 0.6 * static_cast<double>(level()));
  habits.returns = 0.01 + 0.02 * static_cast<double>(level());
  std::vector<double> weights;
  for (std::size_t product = 0; product < kProducts.size(); ++product) {
    const double uniform = shapes.uniform(segment, draw++);
    weights.push_back(0.05 + uniform * uniform);
  }
  habits.products = cumulated(std::move(weights));
  return habits;
}

SyntheticTransactions::Invoice SyntheticTransactions::make_invoice(std::uint64_t number) const {
  const double when = (static_cast<double>(number) + random_.uniform(number, kTimeDraw)) /
                      static_cast<double>(invoices_);
  Invoice invoice{.number = number};
  invoice.seconds =
      kYearBegin + static_cast<std::uint64_t>(when * static_cast<double>(kYearSeconds));
  for (std::uint32_t attempt = 0; attempt < kMostTries; ++attempt) {
    const std::uint32_t draw = kCustomerDraw + 2 * attempt;
    invoice.customer = random_.below(customers_, number, draw);
    invoice.segment = people_.segment_of(invoice.customer);
    const Habits& habits = habits_[invoice.segment];
    if (when >= habits.begin && when < habits.end &&
        random_.uniform(number, draw + 1) < habits.pace) {
      break;
    }
  }
  invoice.is_return = random_.uniform(number, kReturnDraw) < habits_[invoice.segment].returns;
  invoice.has_customer = random_.uniform(number, kGuestDraw) >= kWithoutCustomer;
  return invoice;
}

void SyntheticTransactions::draw(std::uint64_t first, std::size_t count,
                                 SyntheticRows& rows) const {
  constexpr double kSpread = 0.5;  // of the logarithm of a price
  rows.resize(columns(), first, count);
  Invoice invoice{.number = invoices_};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t row = first + i;
    // not in one product: it would end at rows of half the range
    const std::uint64_t number = row / kLines * kInvoices + row % kLines * kInvoices / kLines;
    if (number != invoice.number) {
      invoice = make_invoice(number);
    }
    const Habits& habits = habits_[invoice.segment];
    rows.texts[kInvoice][i] =
        fmt::format("{}{:09}", invoice.is_return ? 'R' : 'I', invoice.number + 1);
    rows.texts[kCustomer][i] =
        invoice.has_customer ? SyntheticCustomers::id_of(invoice.customer) : "";
    rows.numbers[kDate][i] = static_cast<double>(invoice.seconds);
    rows.codes[kProduct][i] =
        static_cast<std::int32_t>(pick(habits.products, random_.uniform(row, kProductDraw)));
    const auto quantity =
        1 + static_cast<double>(pick(habits.more, random_.uniform(row, kQuantityDraw)));
    rows.numbers[kQuantity][i] = invoice.is_return ? -quantity : quantity;
    const double price = habits.price * exponential(kSpread * normal(random_, row, kPriceDraw));
    rows.numbers[kPrice][i] = std::max(0.01, rounded(price, 2));
    rows.numbers[kSegment][i] = static_cast<double>(invoice.segment + 1);
  }
}

}  // namespace tessera::table
