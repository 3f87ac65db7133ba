#include "table/sink/batch_rows.hpp"

#include <cmath>
#include <vector>

#include "table/values/column_sink.hpp"
#include "tessera/base/dates.hpp"

namespace tessera::table {
namespace {

template <typename Span>
constexpr std::size_t index_of() {
  return SinkValues(Span()).index();
}
constexpr std::size_t kTexts = index_of<std::span<const std::string>>();
constexpr std::size_t kCodes = index_of<std::span<const std::int32_t>>();
constexpr std::size_t kIntegers = index_of<std::span<const std::int64_t>>();
constexpr std::size_t kDoubles = index_of<std::span<const double>>();
constexpr std::size_t kFloats = index_of<std::span<const float>>();
// of columns of dates
constexpr std::size_t kDateIntegers = std::variant_size_v<SinkValues> + kIntegers;
constexpr std::size_t kDateDoubles = std::variant_size_v<SinkValues> + kDoubles;

/// Where the cells of a column come from, as a row needs it: the variant is looked into once.
struct Cells {
  Cells(const SinkValues& values, const PlannedColumn& plan, bool csv_safe)
      : column(&plan), kind(values.index()), is_guarded(csv_safe && !plan.holds_numbers) {
    std::visit([&](const auto& span) { first = span.data(); }, values);
    kind += plan.column.is_date() && kind != kTexts ? std::variant_size_v<SinkValues> : 0;
  }

  template <typename Value>
  [[nodiscard]] const Value& at(std::uint64_t row) const {
    return static_cast<const Value*>(first)[row];
  }

  const PlannedColumn* column;
  std::size_t kind;  // index of the variant, or that of dates
  bool is_guarded;
  const void* first = nullptr;
};

void add_text(const Cells& cells, std::string_view text, CsvRows& out) {
  if (cells.is_guarded) {
    out.guarded_text(text);
  } else {
    out.text(text);
  }
}

template <typename Real>
void add_real(const Cells& cells, Real value, CsvRows& out) {
  if (std::isnan(value)) {
    out.text({});
  } else if (cells.column->decimals >= 0) {
    out.fixed(value, cells.column->decimals);
  } else {
    out.number(value);
  }
}

void add_date(const Cells& cells, std::int64_t seconds, CsvRows& out) {
  out.text(seconds == kMissingInteger ? std::string()
                                      : date_text(seconds, cells.column->column.has_time));
}

void add_cell(const Cells& cells, std::uint64_t row, CsvRows& out) {
  switch (cells.kind) {
    case kTexts:
      add_text(cells, cells.at<std::string>(row), out);
      break;
    case kCodes: {
      const std::int32_t code = cells.at<std::int32_t>(row);
      add_text(cells,
               code < 0 ? std::string_view()
                        : cells.column->column.levels[static_cast<std::size_t>(code)],
               out);
      break;
    }
    case kIntegers:
      if (const std::int64_t value = cells.at<std::int64_t>(row); value == kMissingInteger) {
        out.text({});
      } else {
        out.number(value);
      }
      break;
    case kDoubles:
      add_real(cells, cells.at<double>(row), out);
      break;
    case kDateIntegers:
      add_date(cells, cells.at<std::int64_t>(row), out);
      break;
    case kDateDoubles: {
      const double seconds = cells.at<double>(row);
      add_date(cells, std::isnan(seconds) ? kMissingInteger : static_cast<std::int64_t>(seconds),
               out);
      break;
    }
    case kFloats:
      add_real(cells, cells.at<float>(row), out);
      break;
    default:
      break;
  }
}

}  // namespace

void add_rows(const SinkBatch& batch, std::span<const PlannedColumn> columns, bool csv_safe,
              CsvRows& out) {
  std::vector<Cells> cells;
  for (std::size_t c = 0; c < batch.columns.size(); ++c) {
    cells.emplace_back(batch.columns[c], columns[c], csv_safe);
  }
  for (std::uint64_t row = 0; row < batch.rows; ++row) {
    for (const Cells& column : cells) {
      add_cell(column, row, out);
    }
    out.end_row();
  }
}

}  // namespace tessera::table
