// What customers get of a joined table.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "rfm/exchange.hpp"
#include "rfm/id_column.hpp"
#include "tessera/rfm/join.hpp"

namespace tessera::rfm {
namespace {

constexpr std::int64_t kNoInteger = std::numeric_limits<std::int64_t>::min();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Who asks whom for which rows.
class Requests {
 public:
  /// Collective.
  Requests(const comm::Communicator& comm, const table::Table& table,
           std::span<const std::uint64_t> rows)
      : comm_(comm),
        share_(comm::share_of(table.rows(), comm.rank(), comm.size())),
        customers_(rows.size()) {
    std::vector<std::uint64_t> wanted;
    std::vector<std::uint64_t> to(static_cast<std::size_t>(comm.size()));
    comm.together([&] {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] != kNoRow) {
          order_.push_back(i);
        }
      }
      std::ranges::sort(order_, {}, [&](std::size_t i) { return std::pair(rows[i], i); });
      std::size_t rank = 0;
      comm::Share share = comm::share_of(table.rows(), 0, comm.size());
      for (const std::size_t i : order_) {
        while (rows[i] >= share.first + share.count) {
          share = comm::share_of(table.rows(), static_cast<int>(++rank), comm.size());
        }
        wanted.push_back(rows[i]);
        ++to[rank];
      }
    });
    const Dealing asking(comm, std::move(to));
    asked_ = asking(std::span<const std::uint64_t>(wanted));
    to_ = asking.from();
  }

  [[nodiscard]] const comm::Share& share() const { return share_; }

  /// Collective. The values of the customers, of which `mine` are those of the share.
  template <typename Value>
  [[nodiscard]] std::vector<Value> values(const std::vector<Value>& mine, Value missing) const {
    std::vector<Value> sent;
    comm_.together([&] {
      for (const std::uint64_t row : asked_) {
        sent.push_back(mine[row - share_.first]);
      }
    });
    const std::vector<Value> received = Dealing(comm_, to_)(std::span<const Value>(sent));
    std::vector<Value> all;
    comm_.together([&] {
      all.assign(customers_, missing);
      for (std::size_t i = 0; i < order_.size(); ++i) {
        all[order_[i]] = received[i];
      }
    });
    return all;
  }

  /// Collective: the same of texts.
  [[nodiscard]] std::vector<std::string> texts(const std::vector<std::string>& mine) const {
    std::vector<std::uint64_t> sizes;
    std::vector<char> sent;
    std::vector<std::uint64_t> bytes_to;
    comm_.together([&] {
      for (const std::uint64_t row : asked_) {
        const std::string& text = mine[row - share_.first];
        sizes.push_back(text.size());
        sent.insert(sent.end(), text.begin(), text.end());
      }
      bytes_to = sums_of(sizes, to_);
    });
    const std::vector<std::uint64_t> received =
        Dealing(comm_, to_)(std::span<const std::uint64_t>(sizes));
    const std::vector<char> bytes = Dealing(comm_, bytes_to)(std::span<const char>(sent));
    std::vector<std::string> all;
    comm_.together([&] {
      all.resize(customers_);
      const char* next = bytes.data();
      for (std::size_t i = 0; i < order_.size(); ++i) {
        all[order_[i]].assign(next, received[i]);
        next += received[i];
      }
    });
    return all;
  }

 private:
  const comm::Communicator& comm_;
  comm::Share share_;
  std::uint64_t customers_;
  std::vector<std::size_t> order_;    // customers with a row, by it
  std::vector<std::uint64_t> asked_;  // rows of the share that others ask for, by who asks
  std::vector<std::uint64_t> to_;     // how many each asks for
};

std::vector<std::int64_t> integers_of(const table::Table& table, const std::string& name,
                                      const comm::Share& share) {
  IdColumn column(table, name);
  Ids ids;
  column.read(share.first, share.count, ids);
  std::vector<std::int64_t> values(share.count);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = ids.missing[i] != 0 ? kNoInteger : IdColumn::integer_of(ids.words[i]);
  }
  return values;
}

/// Collective.
JoinedColumn joined_column(const comm::Communicator& comm, const table::Table& table,
                           std::size_t column, const Requests& requests) {
  using table::ColumnType;
  JoinedColumn joined{.column = table.columns()[column], .values = {}};
  const comm::Share& share = requests.share();
  std::vector<double> numbers;
  std::vector<std::int64_t> integers;
  std::vector<std::int32_t> codes;
  std::vector<std::string> texts;
  const auto read_numbers = [&] {
    numbers.resize(share.count);
    table.read_numbers(column, share.first, numbers);
  };
  comm.together([&] {
    switch (joined.column.type) {
      case ColumnType::kInteger:
        integers = integers_of(table, joined.column.name, share);
        break;
      case ColumnType::kReal:
        read_numbers();
        break;
      case ColumnType::kDate:
        read_numbers();
        integers.resize(share.count);
        std::ranges::transform(numbers, integers.begin(), [](double seconds) {
          return std::isnan(seconds) ? kNoInteger : static_cast<std::int64_t>(seconds);
        });
        break;
      case ColumnType::kCategory:
        codes.resize(share.count);
        table.read_codes(column, share.first, codes);
        break;
      case ColumnType::kText:
        texts = table.read_text(column, share.first, share.count);
        break;
    }
  });
  switch (joined.column.type) {
    case ColumnType::kInteger:
    case ColumnType::kDate:
      joined.values = requests.values(integers, kNoInteger);
      break;
    case ColumnType::kReal:
      joined.values = requests.values(numbers, kNaN);
      break;
    case ColumnType::kCategory:
      joined.values = requests.values(codes, std::int32_t{-1});
      break;
    case ColumnType::kText:
      joined.values = requests.texts(texts);
      break;
  }
  return joined;
}

}  // namespace

std::vector<JoinedColumn> joined_columns(const comm::Communicator& comm, const Join& join,
                                         std::span<const std::uint64_t> rows) {
  const Requests requests(comm, join.table, rows);
  std::vector<JoinedColumn> joined;
  for (std::size_t column = 0; column < join.table.columns().size(); ++column) {
    if (join.table.columns()[column].name != join.key.theirs) {
      joined.push_back(joined_column(comm, join.table, column, requests));
    }
  }
  return joined;
}

}  // namespace tessera::rfm
