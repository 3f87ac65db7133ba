#include "tessera/features/retyped_table.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "features/columns.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {

void RetypedTable::take_as_number(std::size_t column) {
  table::Column& retyped = columns_[column];
  if (retyped.is_number()) {
    return;
  }
  if (retyped.is_date()) {
    dates_.insert(column);
    retyped.type = table::ColumnType::kReal;
    return;
  }
  if (retyped.type != table::ColumnType::kCategory) {
    fail(ExitCode::kBadData,
         "{}: column \"{}\" cannot be taken as number: its values are text; state its type when "
         "ingesting",
         name(), retyped.name);
  }
  std::vector<double> numbers = {std::numeric_limits<double>::quiet_NaN()};
  for (const std::string& level : retyped.levels) {
    const std::optional<double> number = number_of(level);
    if (!number) {
      fail(ExitCode::kBadData, "{}: column \"{}\" cannot be taken as number: it holds \"{}\"",
           name(), retyped.name, level);
    }
    numbers.push_back(*number);
  }
  numbers_[column] = std::move(numbers);
  retyped.type = table::ColumnType::kReal;
  retyped.levels.clear();
}

void RetypedTable::take_as_number(std::size_t column, Encoding encoding) {
  table::Column& retyped = columns_[column];
  if (retyped.type == table::ColumnType::kCategory) {
    std::vector<double> numbers = {std::numeric_limits<double>::quiet_NaN()};
    for (const std::string& level : retyped.levels) {
      numbers.push_back(encoding.of(level));
    }
    numbers_[column] = std::move(numbers);
  }
  encoded_[column] = std::move(encoding);
  retyped.type = table::ColumnType::kReal;
  retyped.levels.clear();
}

RetypedTable::Source RetypedTable::source_of(const DerivedColumn& derived,
                                             const std::string& name) {
  using How = Source::How;
  const std::size_t at = under().find(name);
  const table::Column& found = under().columns()[at];
  if (derived.kind == Derivation::kMissing) {
    return {at, found.has_numbers()                          ? How::kNumbers
                : found.type == table::ColumnType::kCategory ? How::kCodes
                                                             : How::kText};
  }
  if (!derived.format.empty() && !found.is_date()) {
    return {at, How::kWrittenDates, DateFormat::stated(derived.format)};
  }
  if (takes_dates(derived.kind) ? found.is_date() : found.is_number()) {
    return {at, takes_dates(derived.kind) ? How::kDates : How::kNumbers};
  }
  if (is_all_missing(under(), at)) {
    return {at, How::kNothing};
  }
  if (!takes_dates(derived.kind) && has_numbers_only(found)) {
    take_as_number(at);
    return {at, How::kNumbers};
  }
  fail_about("types", ExitCode::kBadData,
             "{}: column \"{}\" holds {} values, but \"{}\" is made of {}; state its type where "
             "its text is read, as \"{}={}\"",
             this->name(), name, table::to_string(found.type), derived.name,
             takes_dates(derived.kind) ? "dates" : "numbers", name,
             takes_dates(derived.kind) ? "date" : "real");
}

void RetypedTable::take_as_date(std::size_t column, const DateFormat& format) {
  if (!columns_[column].is_date()) {
    written_.emplace(column, format);
    columns_[column].type = table::ColumnType::kDate;
    columns_[column].levels.clear();
  }
}

std::string RetypedTable::format_of(std::size_t column) const {
  const auto at = written_.find(column);
  return at == written_.end() ? std::string() : at->second.name();
}

void RetypedTable::read_written(std::size_t column, const DateFormat& format, std::uint64_t first,
                                std::span<double> out) const {
  const std::vector<std::string> text = under().read_text(column, first, out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::optional<std::int64_t> date = format.parse(text[i]);
    if (!date && !text[i].empty()) {
      fail_about("columns_as", ExitCode::kBadData,
                 "{}: column \"{}\", row {}: \"{}\" is no date written as {}; correct it, or state "
                 "how dates are written, as \"{}=date:d/m/Y\"",
                 name(), columns_[column].name, first + i + 1, text[i], format.name(),
                 columns_[column].name);
    }
    out[i] = date ? static_cast<double>(*date) : std::numeric_limits<double>::quiet_NaN();
  }
}

void RetypedTable::add(DerivedColumn derived) {
  std::vector<Source> sources;
  for (const std::string& column : derived.columns) {
    sources.push_back(source_of(derived, column));
  }
  const auto same = std::ranges::find(columns_, derived.name, &table::Column::name);
  const auto at = static_cast<std::size_t>(same - columns_.begin());
  if (same == columns_.end()) {
    columns_.push_back({.name = derived.name});
  }
  columns_[at].type = table::ColumnType::kReal;
  columns_[at].levels.clear();
  derived_.push_back({std::move(derived), at, std::move(sources)});
}

std::vector<DerivedColumn> RetypedTable::derived() const {
  std::vector<DerivedColumn> all;
  std::ranges::transform(derived_, std::back_inserter(all), &Derived::column);
  return all;
}

const DerivedColumn* RetypedTable::derivation(std::size_t column) const {
  const auto at = std::ranges::find(derived_, column, &Derived::at);
  return at == derived_.end() ? nullptr : &at->column;
}

void RetypedTable::read_source(const Source& source, std::uint64_t first,
                               std::span<double> out) const {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  switch (source.how) {
    case Source::How::kNothing:
      std::ranges::fill(out, kMissing);
      return;
    case Source::How::kNumbers: {
      const auto numbers = numbers_.find(source.column);
      return numbers == numbers_.end() ? under().read_numbers(source.column, first, out)
                                       : read_levels(source.column, numbers->second, first, out);
    }
    case Source::How::kWrittenDates:
      return read_written(source.column, *source.format, first, out);
    case Source::How::kDates:
      return under().read_numbers(source.column, first, out);
    case Source::How::kCodes: {
      std::vector<std::int32_t> codes(out.size());
      under().read_codes(source.column, first, codes);
      std::ranges::transform(codes, out.begin(),
                             [](std::int32_t code) { return code < 0 ? kMissing : 0.0; });
      return;
    }
    case Source::How::kText: {
      const std::vector<std::string> text = under().read_text(source.column, first, out.size());
      std::ranges::transform(text, out.begin(),
                             [](const std::string& cell) { return cell.empty() ? kMissing : 0.0; });
      return;
    }
  }
}

void RetypedTable::read_derived(const Derived& derived, std::uint64_t first,
                                std::span<double> out) const {
  read_source(derived.sources.front(), first, out);
  std::vector<double> second(derived.sources.size() > 1 ? out.size() : 0);
  if (!second.empty()) {
    read_source(derived.sources.back(), first, second);
  }
  derive(derived.column, out, second);
}

void RetypedTable::read_levels(std::size_t column, std::span<const double> numbers,
                               std::uint64_t first, std::span<double> out) const {
  std::vector<std::int32_t> codes(out.size());
  under().read_codes(column, first, codes);
  std::ranges::transform(codes, out.begin(), [&](std::int32_t code) {
    return numbers[static_cast<std::size_t>(std::int64_t{code} + 1)];
  });
}

void RetypedTable::read_encoded(std::size_t column, const Encoding& encoding, std::uint64_t first,
                                std::span<double> out) const {
  const std::vector<std::string> text = under().read_text(column, first, out.size());
  std::ranges::transform(text, out.begin(),
                         [&](const std::string& level) { return encoding.of(level); });
}

void RetypedTable::read_numbers(std::size_t column, std::uint64_t first,
                                std::span<double> out) const {
  if (const auto made = std::ranges::find(derived_, column, &Derived::at); made != derived_.end()) {
    return read_derived(*made, first, out);
  }
  const auto numbers = numbers_.find(column);
  if (numbers == numbers_.end()) {
    if (const auto encoded = encoded_.find(column); encoded != encoded_.end()) {
      return read_encoded(column, encoded->second, first, out);
    }
    if (const auto written = written_.find(column); written != written_.end()) {
      read_written(column, written->second, first, out);
    } else {
      under().read_numbers(column, first, out);
    }
    if (dates_.contains(column)) {
      for (double& value : out) {
        value /= static_cast<double>(kSecondsPerDay);
      }
    }
    return;
  }
  read_levels(column, numbers->second, first, out);
}

void RetypedTable::read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                                       std::span<const std::span<double>> out) const {
  if (is_as_it_was()) {
    return under().read_number_columns(columns, first, out);
  }
  // one by one, each by read_numbers() above
  Table::read_number_columns(columns, first, out);  // NOLINT(bugprone-parent-virtual-call)
}

}  // namespace tessera::features
