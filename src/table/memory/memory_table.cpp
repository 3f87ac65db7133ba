#include "table/memory/memory_table.hpp"

#include <cmath>
#include <utility>

#include "table/memory/deal.hpp"
#include "table/values/column_sink.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

/// Values to columns in memory, in the order in which they are read.
class MemorySink final : public ColumnSink {
 public:
  explicit MemorySink(std::vector<MemoryColumn>& columns) : columns_(columns) {}

  void integers(std::size_t column, std::uint64_t, std::span<const std::int64_t> values) override {
    columns_[column].add_integers(values);
  }
  void reals(std::size_t column, std::uint64_t, std::span<const double> values) override {
    columns_[column].add_reals(values);
  }
  void codes(std::size_t column, std::uint64_t, std::span<const std::int32_t> values) override {
    columns_[column].add_codes(values);
  }
  void texts(std::size_t column, std::uint64_t, std::span<const std::string_view> values) override {
    columns_[column].add_texts(values);
  }

 private:
  std::vector<MemoryColumn>& columns_;
};

}  // namespace

MemoryTable::MemoryTable(const comm::Communicator& comm, std::string name, Reading& reading)
    : name_(std::move(name)),
      rows_(reading.places().rows()),
      share_(comm::share_of(rows_, comm.rank(), comm.size())) {
  for (const FoundColumn& found : reading.columns()) {
    columns_.push_back(found.column);
    missing_.push_back(found.summary.missing);
    values_.emplace_back(found.column, found.summary);
  }
  MemorySink sink(values_);
  const Deal deal(comm, reading.places());
  if (!reading.all_kept()) {
    reading.write(sink);
    for (MemoryColumn& column : values_) {
      column.deal(deal);
    }
    return;
  }
  // one after the other, so that no more than one is in memory twice
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    comm.together([&] {
      values_[c].reserve(reading.own_rows(), reading.text_bytes(c));
      reading.write_kept(c, sink);
    });
    values_[c].deal(deal);
  }
}

std::uint64_t MemoryTable::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const MemoryColumn& column : values_) {
    bytes += column.bytes();
  }
  return bytes;
}

std::size_t MemoryTable::own(std::uint64_t first, std::uint64_t count) const {
  if (first < share_.first || first + count > share_.first + share_.count) {
    fail(ExitCode::kInternal, "rows {} to {} of {} are in the memory of another rank", first,
         first + count, name_);
  }
  return first - share_.first;
}

void MemoryTable::read_numbers(std::size_t column, std::uint64_t first,
                               std::span<double> out) const {
  values_[column].numbers(own(first, out.size()), out);
}

void MemoryTable::read_codes(std::size_t column, std::uint64_t first,
                             std::span<std::int32_t> out) const {
  values_[column].codes(own(first, out.size()), out);
}

std::vector<std::string> MemoryTable::read_text(std::size_t column, std::uint64_t first,
                                                std::uint64_t count) const {
  const std::size_t at = own(first, count);
  const MemoryColumn& values = values_[column];
  std::vector<std::string> text(count);
  switch (columns_[column].type) {
    case ColumnType::kText:
      for (std::size_t i = 0; i < count; ++i) {
        text[i] = values.text(at + i);
      }
      break;
    case ColumnType::kCategory: {
      std::vector<std::int32_t> codes(count);
      values.codes(at, codes);
      for (std::size_t i = 0; i < count; ++i) {
        text[i] = codes[i] < 0 ? "" : columns_[column].levels[static_cast<std::size_t>(codes[i])];
      }
      break;
    }
    case ColumnType::kInteger:
      for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t value = values.integer(at + i);
        text[i] = value == kMissingInteger ? "" : fmt::format("{}", value);
      }
      break;
    case ColumnType::kDate:
      for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t value = values.integer(at + i);
        text[i] = value == kMissingInteger ? "" : date_text(value, columns_[column].has_time);
      }
      break;
    case ColumnType::kReal: {
      std::vector<double> numbers(count);
      values.numbers(at, numbers);
      for (std::size_t i = 0; i < count; ++i) {
        text[i] = std::isnan(numbers[i]) ? "" : fmt::format("{}", numbers[i]);
      }
      break;
    }
  }
  return text;
}

std::vector<std::string_view> MemoryTable::read_views(std::size_t column, std::uint64_t first,
                                                      std::uint64_t count,
                                                      std::vector<std::string>& store) const {
  if (columns_[column].type != ColumnType::kText) {
    return Table::read_views(column, first, count, store);
  }
  const std::size_t at = own(first, count);
  std::vector<std::string_view> views(count);
  for (std::size_t i = 0; i < count; ++i) {
    views[i] = values_[column].text(at + i);
  }
  return views;
}

}  // namespace tessera::table
