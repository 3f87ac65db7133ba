#include "tessera/table/h5/table_writer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <limits>
#include <memory>
#include <utility>

#include "table/h5/layout.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::table {
namespace {

static_assert(std::endian::native == std::endian::little, "table files are little endian");

constexpr std::size_t kPiece = 16384;  // elements converted at once

// The smallest integer of the type stands for missing, and so must lie outside of the range.
template <std::signed_integral T>
bool holds(double minimum, double maximum) {
  return minimum > static_cast<double>(std::numeric_limits<T>::min()) &&
         maximum <= static_cast<double>(std::numeric_limits<T>::max());
}

/// Where a text of so many bytes in all ends.
io::H5Type end_type(std::uint64_t text_bytes) {
  return text_bytes <= std::numeric_limits<std::int32_t>::max() ? io::H5Type::kInt32
                                                                : io::H5Type::kInt64;
}

// Zero bytes of text would be no HDF5 type.
std::size_t width_of(const PlannedColumn& plan) {
  return std::max<std::size_t>(1, plan.text_width);
}

bool has_own_lengths(const PlannedColumn& plan, std::uint64_t rows) {
  const std::size_t end_bytes = io::size_of(end_type(plan.text_bytes), 0);
  return plan.column.type == ColumnType::kText && plan.text_bytes > 0 &&
         numeric::Uint128{rows} * width_of(plan) >
             numeric::Uint128{rows} * end_bytes + plan.text_bytes;
}

io::H5Type storage_of(const PlannedColumn& plan, bool own_lengths) {
  switch (plan.column.type) {
    case ColumnType::kReal:
      return plan.single_precision ? io::H5Type::kFloat32 : io::H5Type::kFloat64;
    case ColumnType::kText:
      return own_lengths ? end_type(plan.text_bytes) : io::H5Type::kText;
    case ColumnType::kCategory: {
      const auto last = static_cast<double>(plan.column.levels.size());
      return holds<std::int8_t>(0, last)    ? io::H5Type::kInt8
             : holds<std::int16_t>(0, last) ? io::H5Type::kInt16
                                            : io::H5Type::kInt32;
    }
    case ColumnType::kDate:
      return io::H5Type::kInt64;
    case ColumnType::kInteger: {
      const double low = plan.summary.minimum.value_or(0);
      const double high = plan.summary.maximum.value_or(0);
      return holds<std::int8_t>(low, high)    ? io::H5Type::kInt8
             : holds<std::int16_t>(low, high) ? io::H5Type::kInt16
             : holds<std::int32_t>(low, high) ? io::H5Type::kInt32
                                              : io::H5Type::kInt64;
    }
  }
  return io::H5Type::kText;
}

void describe(io::H5Creator& creator, const PlannedColumn& plan) {
  const std::string dataset = layout::dataset_of(plan.column.name);
  creator.attribute(dataset, "name", plan.column.name);
  creator.attribute(dataset, "type", to_string(plan.column.type));
  if (plan.column.is_date()) {
    creator.attribute(dataset, layout::kTimeAttribute,
                      std::string(plan.column.has_time ? "yes" : "no"));
  }
  if (!plan.counted) {
    return;
  }
  creator.attribute(dataset, "missing", static_cast<std::int64_t>(plan.summary.missing));
  creator.attribute(dataset, "distinct", static_cast<std::int64_t>(plan.summary.distinct));
  if (plan.summary.minimum && plan.summary.maximum) {
    creator.attribute(dataset, "minimum", *plan.summary.minimum);
    creator.attribute(dataset, "maximum", *plan.summary.maximum);
  }
}

// Converts piece by piece with `convert` (From -> To) and writes.
template <typename To, typename From, typename Convert>
void write_as(io::H5Output& file, std::uint64_t offset, std::span<const From> values,
              Convert convert) {
  std::vector<To> piece(std::min(kPiece, values.size()));
  while (!values.empty()) {
    const std::size_t count = std::min(piece.size(), values.size());
    std::ranges::transform(values.first(count), piece.begin(), convert);
    file.write_at(offset, std::as_bytes(std::span<const To>(piece.data(), count)));
    offset += count * sizeof(To);
    values = values.subspan(count);
  }
}

[[noreturn]] void fail_beyond_plan(const std::string& column, std::int64_t value) {
  fail(ExitCode::kInternal, "column '{}': {} lies outside of the planned range", column, value);
}

template <std::signed_integral To>
void write_narrow(io::H5Output& file, std::uint64_t offset, std::span<const std::int64_t> values,
                  const std::string& column) {
  write_as<To>(file, offset, values, [&](std::int64_t value) {
    if (value == TableWriter::kMissingInteger) {
      return std::numeric_limits<To>::min();
    }
    if (value <= std::int64_t{std::numeric_limits<To>::min()} ||
        value > std::int64_t{std::numeric_limits<To>::max()}) {
      fail_beyond_plan(column, value);
    }
    return static_cast<To>(value);
  });
}

}  // namespace

TableWriter::TableWriter(const comm::Communicator& comm, const std::string& path,
                         std::uint64_t rows, std::vector<PlannedColumn> columns,
                         const std::map<std::string, std::string>& notes)
    : file_(comm, path), rows_(rows) {
  for (PlannedColumn& plan : columns) {
    const bool own_lengths = table::has_own_lengths(plan, rows);
    const io::H5Type type = storage_of(plan, own_lengths);
    columns_.push_back({std::move(plan), type, 0, own_lengths});
  }
  file_.lay_out([&](io::H5Creator& creator) {
    creator.attribute("/", layout::kFormatAttribute, std::string(layout::kFormat));
    const bool dates = std::ranges::any_of(
        columns_, [](const Placed& placed) { return placed.plan.column.is_date(); });
    creator.attribute("/", layout::kVersionAttribute,
                      dates ? layout::kVersion : layout::kWithoutDates);
    creator.group(layout::kTable);
    creator.group(layout::kLevels);
    creator.attribute("/", layout::kRowsAttribute, static_cast<std::int64_t>(rows));
    creator.attribute("/", layout::kColumnsAttribute, static_cast<std::int64_t>(columns_.size()));
    for (const auto& [name, text] : notes) {
      creator.attribute(layout::kTable, name, text);
    }
    if (std::ranges::any_of(columns_, &Placed::own_lengths)) {
      creator.group(layout::kText);
    }
    for (Placed& placed : columns_) {
      const Column& column = placed.plan.column;
      placed.offset = creator.reserve(layout::dataset_of(column.name), placed.type, rows,
                                      width_of(placed.plan));
      describe(creator, placed.plan);
      if (placed.own_lengths) {
        placed.text_offset = creator.reserve(layout::text_of(column.name), io::H5Type::kUint8,
                                             placed.plan.text_bytes);
      }
      if (column.type == ColumnType::kCategory) {
        creator.write_text(layout::levels_of(column.name), column.levels);
      }
    }
  });
  std::vector<std::uint64_t> offsets;
  for (const Placed& placed : columns_) {
    offsets.insert(offsets.end(), {placed.offset, placed.text_offset});
  }
  comm.broadcast(std::span(offsets), 0);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    columns_[c].offset = offsets[2 * c];
    columns_[c].text_offset = offsets[2 * c + 1];
  }
}

void TableWriter::write_numbers(std::size_t column, std::uint64_t first,
                                std::span<const double> values) {
  const Placed& placed = at(column, first, values.size());
  if (placed.plan.column.type == ColumnType::kReal) {
    const std::uint64_t offset = placed.offset + first * io::size_of(placed.type, 0);
    if (placed.type == io::H5Type::kFloat64) {
      file_.write_at(offset, std::as_bytes(values));
    } else {
      write_as<float>(file_, offset, values, [](double v) { return static_cast<float>(v); });
    }
    return;
  }
  std::vector<std::int64_t> integers(values.size());
  std::ranges::transform(values, integers.begin(), [&](double value) {
    constexpr double kLimit = 9223372036854775808.0;  // 2^63
    if (std::isnan(value)) {
      return kMissingInteger;
    }
    if (!(std::abs(value) < kLimit) || value != std::trunc(value)) {
      fail(ExitCode::kInternal, "column '{}': {} is not a 64-bit integer", placed.plan.column.name,
           value);
    }
    return static_cast<std::int64_t>(value);
  });
  write_integers(column, first, integers);
}

void TableWriter::write_integers(std::size_t column, std::uint64_t first,
                                 std::span<const std::int64_t> values) {
  const Placed& placed = at(column, first, values.size());
  const std::uint64_t offset = placed.offset + first * io::size_of(placed.type, 0);
  const std::string& name = placed.plan.column.name;
  switch (placed.type) {
    case io::H5Type::kInt8:
      return write_narrow<std::int8_t>(file_, offset, values, name);
    case io::H5Type::kInt16:
      return write_narrow<std::int16_t>(file_, offset, values, name);
    case io::H5Type::kInt32:
      return write_narrow<std::int32_t>(file_, offset, values, name);
    case io::H5Type::kInt64:
      return file_.write_at(offset, std::as_bytes(values));
    default:
      fail(ExitCode::kInternal, "column '{}' does not hold integers", name);
  }
}

void TableWriter::write_codes(std::size_t column, std::uint64_t first,
                              std::span<const std::int32_t> codes) {
  const Placed& placed = at(column, first, codes.size());
  const std::uint64_t offset = placed.offset + first * io::size_of(placed.type, 0);
  const auto levels = static_cast<std::int32_t>(placed.plan.column.levels.size());
  const auto write = [&]<typename To>(To) {
    write_as<To>(file_, offset, codes, [&](std::int32_t code) {
      if (code < -1 || code >= levels) {
        fail_beyond_plan(placed.plan.column.name, code);
      }
      return static_cast<To>(code);
    });
  };
  switch (placed.type) {
    case io::H5Type::kInt8:
      return write(std::int8_t{});
    case io::H5Type::kInt16:
      return write(std::int16_t{});
    default:
      return write(std::int32_t{});
  }
}

void TableWriter::write_text(std::size_t column, std::uint64_t first,
                             std::span<const std::string> values, std::uint64_t before) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  write_text(column, first, views, before);
}

void TableWriter::write_text(std::size_t column, std::uint64_t first,
                             std::span<const std::string_view> values, std::uint64_t before) {
  const Placed& placed = at(column, first, values.size());
  if (placed.own_lengths) {
    return write_ends(placed, first, values, before);
  }
  const std::size_t width = width_of(placed.plan);
  std::vector<char> bytes(values.size() * width, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].size() > width) {
      fail(ExitCode::kInternal, "column '{}': text of {} bytes where {} were planned",
           placed.plan.column.name, values[i].size(), width);
    }
    std::ranges::copy(values[i], bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  file_.write_at(placed.offset + first * width, std::as_bytes(std::span<const char>(bytes)));
}

// And the texts that end there.
void TableWriter::write_ends(const Placed& placed, std::uint64_t first,
                             std::span<const std::string_view> values, std::uint64_t before) {
  std::uint64_t size = 0;
  for (const std::string_view value : values) {
    size += value.size();
  }
  if (before > placed.plan.text_bytes || size > placed.plan.text_bytes - before) {
    fail(ExitCode::kInternal, "column '{}': texts beyond the {} bytes that were planned",
         placed.plan.column.name, placed.plan.text_bytes);
  }
  const auto write = [&]<typename End>(End) {
    const auto text = std::make_unique_for_overwrite<char[]>(size);
    std::vector<End> ends(values.size());
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::ranges::copy(values[i], text.get() + at);
      at += values[i].size();
      ends[i] = static_cast<End>(before + at);
    }
    file_.write_at(placed.offset + first * sizeof(End), std::as_bytes(std::span<const End>(ends)));
    file_.write_at(placed.text_offset + before,
                   std::as_bytes(std::span<const char>(text.get(), size)));
  };
  placed.type == io::H5Type::kInt32 ? write(std::int32_t{}) : write(std::int64_t{});
}

const TableWriter::Placed& TableWriter::at(std::size_t column, std::uint64_t first,
                                           std::uint64_t count) const {
  const Placed& placed = columns_.at(column);
  if (first > rows_ || count > rows_ - first) {
    fail(ExitCode::kInternal, "column '{}' has {} rows, not {}", placed.plan.column.name, rows_,
         first + count);
  }
  return placed;
}

}  // namespace tessera::table
