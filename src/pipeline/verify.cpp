#include "tessera/pipeline/verify.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tessera/io/h5.hpp"
#include "tessera/io/same_file.hpp"

namespace tessera::pipeline {
namespace {

constexpr std::uint64_t kRows = 65536;  // read at once

/// What a table's columns hold, as far as this rank has read them.
class Summaries {
 public:
  explicit Summaries(const table::Table& table)
      : table_(table),
        missing_(table.columns().size()),
        minimum_(missing_.size(), kInfinity),
        maximum_(missing_.size(), -kInfinity) {}

  void read(std::size_t column, std::uint64_t first, std::uint64_t count) {
    switch (table_.columns()[column].type) {
      case table::ColumnType::kInteger:
      case table::ColumnType::kReal:
      case table::ColumnType::kDate: {
        std::vector<double> numbers(count);
        table_.read_numbers(column, first, numbers);
        return add(column, numbers);
      }
      case table::ColumnType::kCategory: {
        std::vector<std::int32_t> codes(count);
        table_.read_codes(column, first, codes);
        missing_[column] += static_cast<std::uint64_t>(std::ranges::count(codes, -1));
        return;
      }
      case table::ColumnType::kText: {
        const std::vector<std::string> texts = table_.read_text(column, first, count);
        missing_[column] += static_cast<std::uint64_t>(
            std::ranges::count_if(texts, [](const std::string& text) { return text.empty(); }));
      }
    }
  }

  /// Collective.
  void compare(const comm::Communicator& comm) {
    comm.all_reduce(std::span(missing_), comm::Op::kSum);
    comm.all_reduce(std::span(minimum_), comm::Op::kMin);
    comm.all_reduce(std::span(maximum_), comm::Op::kMax);
    comm.together([&] {
      for (std::size_t c = 0; c < missing_.size(); ++c) {
        table::ColumnSummary found{
            .missing = missing_[c], .distinct = 0, .minimum = {}, .maximum = {}};
        if (minimum_[c] <= maximum_[c]) {
          found.minimum = minimum_[c];
          found.maximum = maximum_[c];
        }
        table_.check_summary(c, found);
      }
    });
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  void add(std::size_t column, std::span<const double> numbers) {
    for (const double value : numbers) {
      if (std::isnan(value)) {
        ++missing_[column];
      } else {
        minimum_[column] = std::min(minimum_[column], value);
        maximum_[column] = std::max(maximum_[column], value);
      }
    }
  }

  const table::Table& table_;
  std::vector<std::uint64_t> missing_;
  std::vector<double> minimum_;
  std::vector<double> maximum_;
};

}  // namespace

std::optional<std::uint64_t> verify_checksums(const comm::Communicator& comm,
                                              const std::string& path) {
  bool sealed = false;
  std::uint64_t bytes = 0;
  io::InputFile opened = io::open_on_all(comm, path);
  comm.together([&] {
    const io::H5File file(std::move(opened));
    sealed = file.is_sealed();
    bytes = file.verify(comm.rank(), comm.size());
    file.check_unchanged();
  });
  bytes = comm.all_sum(bytes);
  return sealed ? std::optional(bytes) : std::nullopt;
}

void read_all_values(const comm::Communicator& comm, const table::Table& table,
                     Observer& observer) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  Summaries summaries(table);
  comm.together([&] {
    for (std::uint64_t done = 0; done < share.count; done += kRows) {
      observer.step("reading", done, share.count);
      for (std::size_t column = 0; column < table.columns().size(); ++column) {
        summaries.read(column, share.first + done, std::min(kRows, share.count - done));
      }
    }
  });
  summaries.compare(comm);
}

}  // namespace tessera::pipeline
