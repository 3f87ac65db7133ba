#include "rfm/date_column.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "tessera/base/error.hpp"

namespace tessera::rfm {
namespace {

constexpr std::uint64_t kPiece = 16'384;

// Whole numbers are dates as 20240131 alone: seconds since 1970 have to be stated.
constexpr DateStyles kTextStyles = kDateLikeStyles | only(DateStyle::kPacked);

DateStyle first_of(DateStyles styles) { return static_cast<DateStyle>(std::countr_zero(styles)); }

}  // namespace

DateColumn::DateColumn(const comm::Communicator& comm, const table::Table& table,
                       const std::string& name, const std::string& format)
    : table_(table), column_(0) {
  comm.together([&] {
    column_ = table.find(name);
    is_date_ = table.columns()[column_].is_date();
    if (!format.empty()) {
      format_ = DateFormat::stated(format);
    }
  });
  if (!format_ && !is_date_) {
    find_format(comm);
  }
}

DateStyles DateColumn::styles_of_share(const comm::Communicator& comm) const {
  const comm::Share share = comm::share_of(table_.rows(), comm.rank(), comm.size());
  DateStyles styles = kTextStyles;
  std::vector<std::string> store;
  // one style is enough: that all cells fit it is seen when they are read
  for (std::uint64_t at = 0; at < share.count && !std::has_single_bit(styles); at += kPiece) {
    const std::uint64_t first = share.first + at;
    const std::vector<std::string_view> cells =
        table_.read_views(column_, first, std::min(kPiece, share.count - at), store);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!cells[i].empty()) {
        styles &= styles_of(cells[i], styles);
        if (styles == 0) {
          refuse(first + i, cells[i]);
        }
      }
    }
  }
  return styles;
}

void DateColumn::find_format(const comm::Communicator& comm) {
  DateStyles mine = 0;
  comm.together([&] { mine = styles_of_share(comm); });
  DateStyles styles = kTextStyles;
  for (const std::uint64_t other : comm.all_gather(std::vector<std::uint64_t>{mine})) {
    styles &= static_cast<DateStyles>(other);
  }
  if (styles == 0) {
    fail_about("date_format", ExitCode::kBadData,
               "{}: the dates of column '{}' are written in more than one way; write all alike, or "
               "state one",
               table_.name(), table_.columns()[column_].name);
  }
  const DateStyle one = first_of(styles);
  format_ = one;
  if (std::popcount(styles) > 1) {
    refuse_two_ways(comm, one, first_of(styles & ~only(one)));
  }
}

void DateColumn::refuse_two_ways(const comm::Communicator& comm, DateStyle one,
                                 DateStyle other) const {
  const comm::Share share = comm::share_of(table_.rows(), comm.rank(), comm.size());
  comm.together([&] {
    for (std::uint64_t at = 0; at < share.count; at += kPiece) {
      for (const std::string& cell :
           table_.read_text(column_, share.first + at, std::min(kPiece, share.count - at))) {
        const auto first = parse_date(cell, one);
        const auto second = parse_date(cell, other);
        if (first && second && *first != *second) {
          fail_about("date_format", ExitCode::kBadData,
                     "{}: column '{}' can be read in two ways: '{}' is {} as {} and {} as {}; "
                     "state which",
                     table_.name(), table_.columns()[column_].name, cell, date_text(*first),
                     name_of(one), date_text(*second), name_of(other));
        }
      }
    }
  });
}

void DateColumn::refuse(std::uint64_t row, std::string_view cell) const {
  const std::string as = format_ ? fmt::format(" as {}", format_->name()) : "";
  fail_about("date_format", ExitCode::kBadData,
             "{}: row {}, column '{}': '{}' is no date{}, or not written like the others; correct "
             "it, or state how dates are written",
             table_.name(), row + 1, table_.columns()[column_].name, cell, as);
}

void DateColumn::read(std::uint64_t first, std::uint64_t count,
                      std::vector<std::int64_t>& seconds) const {
  seconds.resize(count);
  if (is_date_) {
    std::vector<double> numbers(count);
    table_.read_numbers(column_, first, numbers);
    std::ranges::transform(numbers, seconds.begin(), [](double value) {
      return std::isnan(value) ? kNone : static_cast<std::int64_t>(value);
    });
    return;
  }
  std::vector<std::string> store;
  const std::vector<std::string_view> cells = table_.read_views(column_, first, count, store);
  for (std::size_t i = 0; i < count; ++i) {
    if (cells[i].empty()) {
      seconds[i] = kNone;
      continue;
    }
    if (i > 0 && cells[i] == cells[i - 1]) {  // lines of an invoice, of a day
      seconds[i] = seconds[i - 1];
      continue;
    }
    const std::optional<std::int64_t> date = format_->parse(cells[i]);
    if (!date) {
      refuse(first + i, cells[i]);
    }
    seconds[i] = *date;
  }
}

}  // namespace tessera::rfm
