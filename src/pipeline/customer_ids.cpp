#include "tessera/pipeline/customer_ids.hpp"

#include <algorithm>

namespace tessera::pipeline {
namespace {

constexpr std::uint64_t kBatch = 16'384;  // identifiers that a rank reads at a time

}  // namespace

CustomerIds::CustomerIds(const table::Table& table, const std::string& column) : table_(table) {
  if (!column.empty()) {
    column_ = table.find(column);
  }
}

std::string CustomerIds::name() const { return column_ ? table_.columns()[*column_].name : "row"; }

bool CustomerIds::are_numbers() const { return !column_ || table_.columns()[*column_].is_number(); }

std::vector<std::string> CustomerIds::read(std::uint64_t first, std::uint64_t count) const {
  if (column_) {
    return table_.read_text(*column_, first, count);
  }
  std::vector<std::string> numbers;
  for (std::uint64_t row = first; row < first + count; ++row) {
    numbers.push_back(std::to_string(row + 1));
  }
  return numbers;
}

CustomerIds::Lengths CustomerIds::lengths(const comm::Communicator& comm) const {
  const comm::Share share = comm::share_of(rows(), comm.rank(), comm.size());
  std::uint64_t longest = 1;
  std::uint64_t bytes = 0;
  comm.together([&] {
    for (std::uint64_t at = 0; at < share.count; at += kBatch) {
      for (const std::string& id : read(share.first + at, std::min(kBatch, share.count - at))) {
        longest = std::max<std::uint64_t>(longest, id.size());
        bytes += id.size();
      }
    }
  });
  return {comm.all_max(longest), comm.all_sum(bytes)};
}

}  // namespace tessera::pipeline
