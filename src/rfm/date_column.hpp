// When things were bought.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/base/dates.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/rfm/filter.hpp"
#include "tessera/table/table.hpp"

namespace tessera::rfm {

class DateColumn {
 public:
  static constexpr std::int64_t kNone = Filter::kNoDate;

  /// Collective. `format`: as of DateFormat::stated(), for dates that stand as text or whole
  /// numbers; if empty, the one way of writing that fits all of them. Keeps a reference to the
  /// table. Throws kBadData if there is no such column, a cell is no date, or the cells can be read
  /// in two ways.
  DateColumn(const comm::Communicator& comm, const table::Table& table, const std::string& name,
             const std::string& format);

  /// Seconds since 1970, kNone where missing. Throws kBadData for a cell that is no date.
  void read(std::uint64_t first, std::uint64_t count, std::vector<std::int64_t>& seconds) const;

 private:
  void find_format(const comm::Communicator& comm);
  [[nodiscard]] DateStyles styles_of_share(const comm::Communicator& comm) const;
  void refuse_two_ways(const comm::Communicator& comm, DateStyle one, DateStyle other) const;
  [[noreturn]] void refuse(std::uint64_t row, std::string_view cell) const;

  const table::Table& table_;
  std::size_t column_;
  bool is_date_ = false;  // the table knows: it holds seconds
  std::optional<DateFormat> format_;
};

}  // namespace tessera::rfm
