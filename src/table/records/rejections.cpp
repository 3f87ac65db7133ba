#include "table/records/rejections.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tessera/table/read_report.hpp"

namespace tessera::table {

void Rejections::add(std::uint64_t file, std::uint64_t line, std::string reason) {
  ++count;
  if (first.size() < ReadReport::kListedRejections) {
    first.push_back({file, line, std::move(reason)});
  }
}

Rejections Rejections::over_all(const comm::Communicator& comm) const {
  std::vector<std::uint64_t> numbers;  // file, line and size of the reason
  std::string reasons;
  for (const One& one : first) {
    numbers.insert(numbers.end(), {one.file, one.line, one.reason.size()});
    reasons += one.reason;
  }
  numbers = comm.all_gather(numbers);
  const std::vector<char> text =
      comm.all_gather(std::span<const char>(reasons.data(), reasons.size()));
  Rejections all;
  std::size_t at = 0;
  for (std::size_t i = 0; i < numbers.size(); i += 3) {
    all.first.push_back(
        {numbers[i], numbers[i + 1], std::string(text.data() + at, numbers[i + 2])});
    at += numbers[i + 2];
  }
  std::ranges::sort(all.first, {}, [](const One& one) { return std::tuple(one.file, one.line); });
  all.first.resize(std::min(all.first.size(), ReadReport::kListedRejections));
  all.count = comm.all_sum(count);
  return all;
}

}  // namespace tessera::table
