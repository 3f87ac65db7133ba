#include "table/h5/tessera_table.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <utility>

#include "table/h5/claims.hpp"
#include "table/h5/layout.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::table {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kPiece = 16384;  // elements converted at once: 128 KiB, within a core's cache

}  // namespace

TesseraTable::TesseraTable(io::H5File file) : file_(std::move(file)) {
  const auto version = file_.integer_attribute("/", layout::kVersionAttribute);
  if (!version || *version < 1 || *version > layout::kVersion) {
    fail(ExitCode::kBadData,
         "{} has a table format that this version of Tessera does not know; ingest it again, or "
         "use the version that wrote it",
         name());
  }
  if (*version >= layout::kFirstSealed && !file_.is_sealed()) {
    fail(ExitCode::kBadData,
         "{} was changed by another program or is damaged: its checksums are missing; ingest it "
         "again",
         name());
  }
  const bool sealed = *version >= layout::kFirstSealed;
  if (!sealed && file_.is_sealed()) {
    fail(ExitCode::kBadData,
         "{} is damaged: /@{} is {}, but files of that format have no checksums; create it again",
         name(), layout::kVersionAttribute, *version);
  }
  const std::vector<io::H5Dataset> datasets = file_.datasets(layout::kTable);
  if (datasets.empty()) {
    fail(ExitCode::kBadData, "{} has no columns", name());
  }
  for (const io::H5Dataset& dataset : datasets) {
    add_column(dataset, sealed);
  }
  if (sealed) {
    check_count(layout::kRowsAttribute, rows_);
    check_count(layout::kColumnsAttribute, columns_.size());
  }
  check_names();
}

void TesseraTable::check_count(const char* attribute, std::uint64_t found) const {
  const auto promised = file_.integer_attribute("/", attribute);
  if (!promised || static_cast<std::uint64_t>(*promised) != found) {
    fail(ExitCode::kBadData, "{} is damaged: it has {} {}, but says {}", name(), found, attribute,
         promised ? fmt::format("{}", *promised) : "nothing");
  }
}

void TesseraTable::check_names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    names.push_back(column.name);
  }
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end()) {
    fail(ExitCode::kBadData, "{} is damaged: it has two columns of the name '{}'", name(), *twice);
  }
}

Column TesseraTable::described(const io::H5Dataset& dataset, const std::string& path,
                               bool sealed) const {
  if (sealed) {
    return claimed_column(file_, dataset, path);
  }
  Column column;
  column.name = file_.text_attribute(path, "name").value_or(dataset.name);
  if (!layout::parse_type(file_.text_attribute(path, "type").value_or(""), column.type)) {
    fail(ExitCode::kBadData, "{} is damaged: {}@type is not integer, real, category, text or date",
         name(), path);
  }
  column.has_time = file_.text_attribute(path, layout::kTimeAttribute) == "yes";
  return column;
}

void TesseraTable::check_storage(const Column& column, const io::H5Dataset& dataset,
                                 const std::string& path) const {
  const auto stored_in = [&](io::H5Kind kind, std::initializer_list<std::size_t> bytes) {
    return dataset.kind == kind && std::ranges::find(bytes, dataset.element_bytes) != bytes.end();
  };
  bool known = dataset.shape.size() == 1;
  switch (column.type) {
    case ColumnType::kInteger:
      known = known && stored_in(io::H5Kind::kInteger, {1, 2, 4, 8});
      break;
    case ColumnType::kDate:
      known = known && stored_in(io::H5Kind::kInteger, {8});
      break;
    case ColumnType::kReal:
      known = known && stored_in(io::H5Kind::kReal, {4, 8});
      break;
    case ColumnType::kCategory:
      known = known && stored_in(io::H5Kind::kInteger, {1, 2, 4});
      break;
    case ColumnType::kText:
      known = known && (stored_in(io::H5Kind::kInteger, {4, 8}) ||
                        (dataset.kind == io::H5Kind::kText && dataset.element_bytes > 0 &&
                         dataset.element_bytes <= kMaxValueBytes));
  }
  if (!known) {
    fail(ExitCode::kBadData, "{} is damaged: {} is not stored as its type '{}' is", name(), path,
         to_string(column.type));
  }
  if (dataset.stored_bytes != dataset.bytes()) {
    fail(ExitCode::kBadData, "{} is damaged: column '{}' holds {} bytes of {}", name(), column.name,
         dataset.stored_bytes, dataset.bytes());
  }
}

void TesseraTable::find_levels(Column& column, const io::H5Dataset& dataset) const {
  const std::string levels = std::string(layout::kLevels) + "/" + dataset.name;
  const io::H5Dataset stored = file_.dataset(levels);
  if (stored.shape.size() != 1 || stored.shape[0] > kMaxLevels) {
    fail(ExitCode::kBadData, "{} is damaged: column '{}' has {} levels, more than {}", name(),
         column.name, stored.shape.empty() ? 0 : stored.shape[0], kMaxLevels);
  }
  column.levels = file_.read_all_text(levels);
  if (!std::ranges::is_sorted(column.levels, std::less_equal<>()) ||
      (!column.levels.empty() && column.levels.front().empty())) {
    fail(ExitCode::kBadData,
         "{} is damaged: the levels of column '{}' are not distinct, sorted by their bytes", name(),
         column.name);
  }
}

void TesseraTable::find_text(Stored& stored, const Column& column,
                             const io::H5Dataset& dataset) const {
  stored.text = std::string(layout::kText) + "/" + dataset.name;
  const io::H5Dataset text = file_.dataset(stored.text);
  if (text.kind != io::H5Kind::kInteger || text.element_bytes != 1 || text.shape.size() != 1 ||
      text.stored_bytes != text.bytes()) {
    fail(ExitCode::kBadData, "{} is damaged: the text of column '{}' is not stored as bytes",
         name(), column.name);
  }
  stored.text_bytes = text.shape[0];
  std::int64_t end = 0;  // of the last
  if (rows_ > 0) {
    file_.read<std::int64_t>(stored.dataset, rows_ - 1, std::span(&end, 1));
  }
  if (static_cast<std::uint64_t>(end) != stored.text_bytes) {
    fail(ExitCode::kBadData, "{} is damaged: column '{}', row {} ends at byte {} of {}", name(),
         column.name, rows_, end, stored.text_bytes);
  }
}

void TesseraTable::add_column(const io::H5Dataset& dataset, bool sealed) {
  const std::string path = std::string(layout::kTable) + "/" + dataset.name;
  Column column = described(dataset, path, sealed);
  check_storage(column, dataset, path);
  if (columns_.empty()) {
    rows_ = dataset.shape[0];
  } else if (dataset.shape[0] != rows_) {
    fail(ExitCode::kBadData, "{} is damaged: column '{}' has {} rows, column '{}' has {}", name(),
         columns_[0].name, rows_, column.name, dataset.shape[0]);
  }
  if (column.type == ColumnType::kCategory) {
    find_levels(column, dataset);
  }
  Stored stored{path, dataset.element_bytes, {}, 0, {}};
  if (column.type == ColumnType::kText && dataset.kind == io::H5Kind::kInteger) {
    find_text(stored, column, dataset);
  }
  if (sealed) {
    stored.summary = claimed_summary(file_, path, column, rows_, stored.element_bytes);
  }
  columns_.push_back(std::move(column));
  stored_.push_back(std::move(stored));
}

void TesseraTable::check_summary(std::size_t column, const ColumnSummary& found) const {
  const Stored& stored = stored_[column];
  if (stored.summary) {
    compare_summary(file_, stored.dataset, *stored.summary, found, stored.element_bytes);
  }
}

void TesseraTable::read_numbers(std::size_t column, std::uint64_t first,
                                std::span<double> out) const {
  const Stored& stored = stored_[column];
  if (columns_[column].type == ColumnType::kReal) {
    file_.read<double>(stored.dataset, first, out);
    return;
  }
  const std::int64_t missing = layout::missing_integer(stored.element_bytes);
  if (stored.element_bytes < sizeof(std::int64_t)) {  // doubles hold each of them
    file_.read<double>(stored.dataset, first, out);
    simd::vectorise([value = out.data(), count = out.size(), none = static_cast<double>(missing)]()
                        TESSERA_INLINE {
                          for (std::size_t i = 0; i < count; ++i) {
                            value[i] = value[i] == none ? kMissing : value[i];
                          }
                        });
    return;
  }
  std::vector<std::int64_t> piece(std::min(kPiece, out.size()));
  while (!out.empty()) {
    const std::span<std::int64_t> values(piece.data(), std::min(piece.size(), out.size()));
    file_.read<std::int64_t>(stored.dataset, first, values);
    check_dates(column, first, values);
    std::ranges::transform(values, out.begin(), [&](std::int64_t value) {
      return value == missing ? kMissing : static_cast<double>(value);
    });
    first += values.size();
    out = out.subspan(values.size());
  }
}

void TesseraTable::check_dates(std::size_t column, std::uint64_t first,
                               std::span<const std::int64_t> values) const {
  if (!columns_[column].is_date()) {
    return;
  }
  const auto bad = std::ranges::find_if(values, [](std::int64_t value) {
    return (value < kFirstDate || value > kLastDate) &&
           value != layout::missing_integer(sizeof(value));
  });
  if (bad != values.end()) {
    fail(
        ExitCode::kBadData,
        "{} is damaged: column '{}', row {}: {} seconds from 1970 are no date of the years 1000 to "
        "9999",
        name(), columns_[column].name, first + static_cast<std::uint64_t>(bad - values.begin()) + 1,
        *bad);
  }
}

void TesseraTable::read_codes(std::size_t column, std::uint64_t first,
                              std::span<std::int32_t> out) const {
  file_.read<std::int32_t>(stored_[column].dataset, first, out);
  const auto levels = static_cast<std::int32_t>(columns_[column].levels.size());
  const auto bad =
      std::ranges::find_if(out, [&](std::int32_t code) { return code < -1 || code >= levels; });
  if (bad != out.end()) {
    fail(ExitCode::kBadData,
         "{} is damaged: column '{}', row {} has code {}, but there are {} "
         "levels",
         name(), columns_[column].name, first + static_cast<std::uint64_t>(bad - out.begin()) + 1,
         *bad, levels);
  }
}

std::vector<std::string> TesseraTable::read_text(std::size_t column, std::uint64_t first,
                                                 std::uint64_t count) const {
  const Stored& stored = stored_[column];
  std::vector<std::string> text(count);
  switch (columns_[column].type) {
    case ColumnType::kText:
      return stored.text.empty() ? file_.read_text(stored.dataset, first, count)
                                 : read_ended(column, first, count);
    case ColumnType::kCategory: {
      std::vector<std::int32_t> codes(count);
      read_codes(column, first, codes);
      for (std::size_t i = 0; i < count; ++i) {
        if (codes[i] >= 0) {
          text[i] = columns_[column].levels[static_cast<std::size_t>(codes[i])];
        }
      }
      return text;
    }
    case ColumnType::kInteger: {
      const std::int64_t missing = layout::missing_integer(stored.element_bytes);
      std::vector<std::int64_t> values(count);
      file_.read<std::int64_t>(stored.dataset, first, values);
      for (std::size_t i = 0; i < count; ++i) {
        text[i] = values[i] == missing ? "" : fmt::format("{}", values[i]);
      }
      return text;
    }
    case ColumnType::kDate: {
      std::vector<std::int64_t> values(count);
      file_.read<std::int64_t>(stored.dataset, first, values);
      check_dates(column, first, values);
      for (std::size_t i = 0; i < count; ++i) {
        text[i] = values[i] == layout::missing_integer(sizeof(std::int64_t))
                      ? ""
                      : date_text(values[i], columns_[column].has_time);
      }
      return text;
    }
    case ColumnType::kReal: {
      std::vector<double> values(count);
      file_.read<double>(stored.dataset, first, values);
      for (std::size_t i = 0; i < count; ++i) {
        text[i] = std::isnan(values[i])       ? ""
                  : stored.element_bytes == 4 ? fmt::format("{}", static_cast<float>(values[i]))
                                              : fmt::format("{}", values[i]);
      }
      return text;
    }
  }
  return text;
}

std::vector<std::string> TesseraTable::read_ended(std::size_t column, std::uint64_t first,
                                                  std::uint64_t count) const {
  const Stored& stored = stored_[column];
  // where the row before them ends, they begin
  const std::uint64_t before = first > 0 ? 1 : 0;
  std::vector<std::int64_t> ends(count + before);
  file_.read<std::int64_t>(stored.dataset, first - before, ends);
  if (before == 0) {
    ends.insert(ends.begin(), 0);
  }
  std::int64_t last = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] < last || static_cast<std::uint64_t>(ends[i]) > stored.text_bytes ||
        (i > 0 && static_cast<std::uint64_t>(ends[i] - last) > kMaxValueBytes)) {
      fail(ExitCode::kBadData, "{} is damaged: column '{}', row {} ends at byte {} of {}", name(),
           columns_[column].name, first + i, ends[i], stored.text_bytes);
    }
    last = ends[i];
  }
  const auto size = static_cast<std::size_t>(ends.back() - ends.front());
  const auto bytes = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  file_.read<std::uint8_t>(stored.text, static_cast<std::uint64_t>(ends.front()),
                           {bytes.get(), size});
  const char* const chars = reinterpret_cast<const char*>(bytes.get());
  std::vector<std::string> text;
  text.reserve(count);
  for (std::size_t i = 1; i < ends.size(); ++i) {
    text.emplace_back(chars + (ends[i - 1] - ends.front()), chars + (ends[i] - ends.front()));
  }
  return text;
}

}  // namespace tessera::table
