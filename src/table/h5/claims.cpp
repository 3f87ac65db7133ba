#include "table/h5/claims.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "table/h5/layout.hpp"
#include "table/values/utf8.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

constexpr const char* kMissing = "missing";
constexpr const char* kDistinct = "distinct";
constexpr const char* kMinimum = "minimum";
constexpr const char* kMaximum = "maximum";

/// The attributes of one dataset.
class Claims {
 public:
  Claims(const io::H5File& file, const std::string& path) : file_(file), path_(path) {}

  [[noreturn]] void refuse(const char* attribute, const std::string& why) const {
    fail(ExitCode::kBadData, "{} is damaged: {}@{} {}; create it again", file_.path(), path_,
         attribute, why);
  }

  [[nodiscard]] bool has(const char* attribute) const {
    return file_.has_attribute(path_, attribute);
  }

  [[nodiscard]] std::string text(const char* attribute) const {
    return present(attribute, file_.text_attribute(path_, attribute), "text");
  }

  [[nodiscard]] std::uint64_t count(const char* attribute) const {
    const std::int64_t value =
        present(attribute, file_.integer_attribute(path_, attribute), "an integer");
    if (value < 0) {
      refuse(attribute, fmt::format("is {}, and counts nothing", value));
    }
    return static_cast<std::uint64_t>(value);
  }

  [[nodiscard]] double finite(const char* attribute) const {
    const double value =
        present(attribute, file_.real_attribute(path_, attribute), "a real number");
    if (!std::isfinite(value)) {
      refuse(attribute, fmt::format("is {}, not a finite number", value));
    }
    return value;
  }

 private:
  template <typename T>
  [[nodiscard]] T present(const char* attribute, std::optional<T> value, const char* kind) const {
    if (!value) {
      refuse(attribute, has(attribute) ? fmt::format("is not {}", kind) : "is missing");
    }
    return *std::move(value);
  }

  const io::H5File& file_;
  const std::string& path_;
};

/// Whether a column of integers of so many bytes can have these values; the smallest integer
/// stands for a missing one.
void check_range(const Claims& claims, const ColumnSummary& summary, std::size_t element_bytes) {
  const auto smallest = static_cast<double>(layout::missing_integer(element_bytes));
  for (const auto& [attribute, value] :
       {std::pair(kMinimum, *summary.minimum), std::pair(kMaximum, *summary.maximum)}) {
    // doubles do not tell the integers about -2^63 and 2^63 apart
    const bool rounded = element_bytes == sizeof(std::int64_t);
    if (value != std::trunc(value) || value < smallest || value > -smallest ||
        (!rounded && (value == smallest || value == -smallest))) {
      claims.refuse(attribute, fmt::format("is {}, which integers of {} never are", value,
                                           counted(element_bytes, "byte")));
    }
  }
}

void check_counts(const Claims& claims, const ColumnSummary& summary, const Column& column,
                  std::uint64_t rows) {
  if (summary.missing > rows) {
    claims.refuse(kMissing, fmt::format("is {}, of {}", summary.missing, counted(rows, "row")));
  }
  const std::uint64_t values = rows - summary.missing;
  constexpr std::uint64_t kMore = kMaxLevels + 1;  // or fewer that are very long
  if ((summary.distinct == 0) != (values == 0) || summary.distinct > kMore ||
      (summary.distinct > values && summary.distinct != kMore)) {
    claims.refuse(kDistinct,
                  fmt::format("is {}, of {}", summary.distinct, counted(values, "value")));
  }
  if (column.type == ColumnType::kCategory && summary.distinct > column.levels.size()) {
    claims.refuse(kDistinct, fmt::format("is {}, of {}", summary.distinct,
                                         counted(column.levels.size(), "level")));
  }
}

}  // namespace

Column claimed_column(const io::H5File& file, const io::H5Dataset& dataset,
                      const std::string& path) {
  const Claims claims(file, path);
  Column column;
  column.name = claims.text("name");
  if (layout::escape(column.name) != dataset.name) {
    claims.refuse("name", fmt::format("is '{}', which is stored elsewhere", shown(column.name)));
  }
  const std::string type = claims.text("type");
  if (!layout::parse_type(type, column.type)) {
    claims.refuse("type",
                  fmt::format("is '{}', not integer, real, category, text or date", shown(type)));
  }
  if (column.is_date()) {
    const std::string time = claims.text(layout::kTimeAttribute);
    if (time != "yes" && time != "no") {
      claims.refuse(layout::kTimeAttribute, fmt::format("is '{}', not yes or no", shown(time)));
    }
    column.has_time = time == "yes";
  }
  return column;
}

std::optional<ColumnSummary> claimed_summary(const io::H5File& file, const std::string& path,
                                             const Column& column, std::uint64_t rows,
                                             std::size_t element_bytes) {
  const Claims claims(file, path);
  if (std::ranges::none_of(std::array{kMissing, kDistinct, kMinimum, kMaximum},
                           [&](const char* attribute) { return claims.has(attribute); })) {
    return std::nullopt;
  }
  ColumnSummary summary{.missing = claims.count(kMissing),
                        .distinct = claims.count(kDistinct),
                        .minimum = {},
                        .maximum = {}};
  check_counts(claims, summary, column, rows);
  if (!column.has_numbers() || summary.missing == rows) {
    for (const char* const attribute : {kMinimum, kMaximum}) {
      if (claims.has(attribute)) {
        claims.refuse(attribute, "stands at a column that has no numbers");
      }
    }
    return summary;
  }
  summary.minimum = claims.finite(kMinimum);
  summary.maximum = claims.finite(kMaximum);
  if (*summary.minimum > *summary.maximum) {
    claims.refuse(kMinimum,
                  fmt::format("is {}, but the maximum {}", *summary.minimum, *summary.maximum));
  }
  if (column.is_date()) {
    for (const auto& [attribute, value] :
         {std::pair(kMinimum, *summary.minimum), std::pair(kMaximum, *summary.maximum)}) {
      if (value != std::trunc(value) || value < static_cast<double>(kFirstDate) ||
          value > static_cast<double>(kLastDate)) {
        claims.refuse(attribute, fmt::format("is {}, which no date is", value));
      }
    }
  }
  if (column.type == ColumnType::kInteger) {
    check_range(claims, summary, element_bytes);
  }
  return summary;
}

void compare_summary(const io::H5File& file, const std::string& path, const ColumnSummary& claimed,
                     const ColumnSummary& found, std::size_t element_bytes) {
  const Claims claims(file, path);
  if (claimed.missing != found.missing) {
    claims.refuse(kMissing, fmt::format("is {}, but {} are", claimed.missing, found.missing));
  }
  // a column in single precision is described as it was before
  const auto stored = [&](double value) {
    return element_bytes == sizeof(float) ? static_cast<double>(static_cast<float>(value)) : value;
  };
  const auto compare = [&](const char* attribute, std::optional<double> said,
                           std::optional<double> is) {
    if (said && (!is || stored(*said) != *is)) {
      claims.refuse(attribute, fmt::format("is {}, but that of the values {}", *said,
                                           is ? fmt::format("{}", *is) : "is not there"));
    }
  };
  compare(kMinimum, claimed.minimum, found.minimum);
  compare(kMaximum, claimed.maximum, found.maximum);
}

}  // namespace tessera::table
