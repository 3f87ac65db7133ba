#include "table/h5/foreign_column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "table/h5/layout.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

/// If an enumeration is of truth values, as h5py and R write them: what stands for R's NA.
bool is_truth(const std::map<std::int64_t, std::string>& names, std::optional<std::int64_t>& none) {
  for (const auto& [value, name] : names) {
    if (name == "NA") {
      none = value;
    } else if (!(name == "FALSE" && value == 0) && !(name == "TRUE" && value == 1)) {
      return false;
    }
  }
  return names.contains(0) && names.contains(1);
}

std::string number_text(double value, std::size_t element_bytes) {
  if (std::isnan(value)) {
    return {};
  }
  return element_bytes <= sizeof(float) ? fmt::format("{}", static_cast<float>(value))
                                        : fmt::format("{}", value);
}

void check_value(const ForeignColumn& of, const io::H5File& file, std::string_view text) {
  if (text.size() > kMaxValueBytes) {
    fail(ExitCode::kBadData,
         "{}: dataset '{}' has a value of {}, more than the {} that one may have", file.path(),
         of.column.name, bytes_text(text.size()), bytes_text(kMaxValueBytes));
  }
}

}  // namespace

ForeignColumn ForeignColumn::of(const std::string& table, const std::string& name,
                                const io::H5Field& field, io::H5Place place) {
  ForeignColumn made;
  made.column.name = name;
  made.place = std::move(place);
  made.element_bytes = field.element_bytes;
  switch (field.kind) {
    case io::H5Kind::kReal:
      made.column.type = ColumnType::kReal;
      break;
    case io::H5Kind::kText:
      made.column.type = ColumnType::kText;
      if (field.element_bytes > kMaxValueBytes) {
        fail(ExitCode::kBadData,
             "{}: dataset '{}' has strings of {}, more than the {} that a value may have", table,
             name, bytes_text(field.element_bytes), bytes_text(kMaxValueBytes));
      }
      break;
    case io::H5Kind::kInteger:
      made.column.type = ColumnType::kInteger;
      if (!field.time_unit.empty()) {
        made.take_dates(table, field.time_unit);
      } else if (!field.names.empty() && !is_truth(field.names, made.missing_integer)) {
        made.take_codes(field.names);
        made.missing_integer.reset();
      }
      break;
    default:
      fail(ExitCode::kBadData,
           "{}: dataset '{}' is neither numbers nor strings (references, as of MATLAB's cells, "
           "sequences, ...); save each column as a dataset of its own",
           table, name);
  }
  return made;
}

void ForeignColumn::take_dates(const std::string& table, const std::string& unit) {
  constexpr std::array kUnits = {std::pair("ns", std::int64_t{1'000'000'000}),
                                 std::pair("us", std::int64_t{1'000'000}),
                                 std::pair("ms", std::int64_t{1'000}),
                                 std::pair("s", std::int64_t{1}),
                                 std::pair("m", std::int64_t{-60}),
                                 std::pair("h", std::int64_t{-3600}),
                                 std::pair("D", -kSecondsPerDay),
                                 std::pair("W", -7 * kSecondsPerDay)};
  const auto* const known =
      std::ranges::find_if(kUnits, [&](const auto& one) { return unit == one.first; });
  if (known == kUnits.end()) {
    fail(ExitCode::kBadData,
         "{}: column '{}' holds times in units of '{}', which are not known here; save them in "
         "seconds ('s')",
         table, column.name, unit);
  }
  column.type = ColumnType::kDate;
  units_per_second = known->second;
  missing_integer = std::numeric_limits<std::int64_t>::min();  // numpy's NaT
}

void ForeignColumn::take_codes(std::map<std::int64_t, std::string> of_codes) {
  column.type = ColumnType::kText;
  words = std::move(of_codes);
  missing_integer = -1;
}

std::vector<std::uint8_t> ForeignColumn::read_mask(const io::H5File& file, std::uint64_t first,
                                                   std::uint64_t count) const {
  std::vector<std::uint8_t> masked(count, 0);
  if (!mask.empty()) {
    std::vector<double> values(count);
    const io::H5Place at{.dataset = mask, .field = 0, .element = 0, .across = false};
    const std::span<double> into(values);
    file.read_places<double>({&at, 1}, first, {&into, 1});
    std::ranges::transform(values, masked.begin(),
                           [](double value) { return static_cast<std::uint8_t>(value != 0); });
  }
  return masked;
}

void ForeignColumn::read_numbers(const io::H5File& file, std::uint64_t first,
                                 std::span<double> out) const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (column.is_date() || missing_integer) {
    const auto values = column.is_date() ? read_dates(file, first, out.size())
                                         : read_integers(file, first, out.size());
    std::ranges::transform(values, out.begin(), [&](const auto& value) {
      return value ? static_cast<double>(*value) : kNone;
    });
    return;
  }
  file.read_places<double>({&place, 1}, first, {&out, 1});
  if (!mask.empty()) {
    const std::vector<std::uint8_t> masked = read_mask(file, first, out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = masked[i] != 0 ? kNone : out[i];
    }
  }
}

std::vector<std::optional<std::int64_t>> ForeignColumn::read_integers(const io::H5File& file,
                                                                      std::uint64_t first,
                                                                      std::uint64_t count) const {
  std::vector<std::int64_t> stored(count);
  const std::span<std::int64_t> into(stored);
  file.read_places<std::int64_t>({&place, 1}, first, {&into, 1});
  const std::vector<std::uint8_t> masked = read_mask(file, first, count);
  std::vector<std::optional<std::int64_t>> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (stored[i] != missing_integer && masked[i] == 0) {
      values[i] = stored[i];
    }
  }
  return values;
}

std::vector<std::optional<std::int64_t>> ForeignColumn::read_dates(const io::H5File& file,
                                                                   std::uint64_t first,
                                                                   std::uint64_t count) const {
  auto values = read_integers(file, first, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!values[i]) {
      continue;
    }
    std::int64_t seconds = 0;
    bool fits = true;
    if (units_per_second > 0) {
      seconds = *values[i] / units_per_second;
      seconds -= *values[i] % units_per_second < 0 ? 1 : 0;  // fractions are dropped downwards
    } else {
      fits = !__builtin_mul_overflow(*values[i], -units_per_second, &seconds);
    }
    if (!fits || seconds < kFirstDate || seconds > kLastDate) {
      fail(ExitCode::kBadData, "{}: column '{}', row {}: {} is no date of the years 1000 to 9999",
           file.path(), column.name, first + i + 1, *values[i]);
    }
    values[i] = seconds;
  }
  return values;
}

void ForeignColumn::for_each_text(const io::H5File& file, std::uint64_t first, std::uint64_t count,
                                  const io::H5File::TakeText& take) const {
  if (!words) {
    std::vector<std::string_view> known;
    const auto without_missing = [&](std::span<const std::string_view> texts) {
      known.assign(texts.begin(), texts.end());
      for (std::string_view& text : known) {
        check_value(*this, file, text);
        text = text == missing_text ? std::string_view() : text;
      }
      take(known);
    };
    file.read_text(place, first, count, without_missing);
    return;
  }
  constexpr std::uint64_t kAtOnce = 16384;
  std::vector<std::string_view> texts;
  for (std::uint64_t done = 0; done < count; done += kAtOnce) {
    const auto codes = read_integers(file, first + done, std::min(kAtOnce, count - done));
    texts.assign(codes.size(), std::string_view());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i]) {
        const auto word = words->find(*codes[i]);
        if (word == words->end()) {
          fail(ExitCode::kBadData, "{}: column '{}', row {}: {} stands for none of its {} values",
               file.path(), column.name, first + done + i + 1, *codes[i], words->size());
        }
        texts[i] = word->second;
      }
    }
    take(texts);
  }
}

std::vector<std::string> ForeignColumn::read_text(const io::H5File& file, std::uint64_t first,
                                                  std::uint64_t count) const {
  std::vector<std::string> text;
  text.reserve(count);
  const auto add = [&](const auto& values, const auto& written) {
    for (const auto& value : values) {
      text.push_back(value ? written(*value) : std::string());
    }
  };
  if (!column.has_numbers()) {
    for_each_text(file, first, count, [&](std::span<const std::string_view> texts) {
      text.insert(text.end(), texts.begin(), texts.end());
    });
  } else if (column.is_date()) {
    add(read_dates(file, first, count),
        [&](std::int64_t seconds) { return date_text(seconds, column.has_time); });
  } else if (column.type == ColumnType::kInteger) {
    add(read_integers(file, first, count),
        [](std::int64_t value) { return fmt::format("{}", value); });
  } else {
    std::vector<double> values(count);
    read_numbers(file, first, values);
    for (const double value : values) {
      text.push_back(number_text(value, element_bytes));
    }
  }
  return text;
}

}  // namespace tessera::table
