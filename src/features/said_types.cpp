// What the options say of the types of columns.
#include <algorithm>
#include <utility>

#include "features/derivations.hpp"
#include "features/select.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/retyped_table.hpp"

namespace tessera::features {
namespace {

constexpr std::string_view kDate = "date";
constexpr std::string_view kDateWritten = "date:";

/// NAME and TYPE of "NAME=TYPE".
std::pair<std::string, std::string> parts_of(const std::string& as) {
  const auto equals = as.rfind('=');
  return equals == std::string::npos ? std::pair(as, std::string())
                                     : std::pair(as.substr(0, equals), as.substr(equals + 1));
}

/// FORMAT of "date:FORMAT"; of "date" the year first.
DateFormat format_of(const std::string& type) {
  return type == kDate ? DateFormat(DateStyle::kYearFirst)
                       : DateFormat::stated(type.substr(kDateWritten.size()));
}

std::string column_part(const std::string& as) { return parts_of(as).first; }

}  // namespace

void check_said(const FitOptions& options) {
  for (const std::string& as : options.columns_as) {
    const auto [column, type] = parts_of(as);
    if (column.empty() || (type != "number" && type != "category" && type != "text" &&
                           type != kDate && !type.starts_with(kDateWritten))) {
      fail_about("columns_as", ExitCode::kUsage,
                 "columns_as {}: expected NAME=number, NAME=category, NAME=text, NAME=date or "
                 "NAME=date:FORMAT",
                 as);
    }
    if (type.starts_with(kDate)) {
      (void)format_of(type);
    }
    if (std::ranges::count(options.columns_as, column, column_part) > 1) {
      fail_about("columns_as", ExitCode::kUsage, "column \"{}\" is named twice", column);
    }
  }
}

SaidType said_type(const FitOptions& options, const std::string& column) {
  SaidType said = SaidType::kNothing;
  for (const std::string& as : options.columns_as) {
    if (const auto [name, type] = parts_of(as); name == column) {
      said = type == "number"     ? SaidType::kNumber
             : type == "category" ? SaidType::kCategory
             : type == "text"     ? SaidType::kText
                                  : SaidType::kDate;
    }
  }
  return said;
}

bool is_said_number(const FitOptions& options, const std::string& column) {
  return said_type(options, column) == SaidType::kNumber || contains(options.log1p, column) ||
         std::ranges::any_of(options.columns, [&](const ColumnSteps& own) {
           return own.by_name && own.selector == column && !own.steps.empty();
         });
}

bool is_said(const FitOptions& options, const std::string& column) {
  return contains(options.features, column) || is_said_number(options, column) ||
         said_type(options, column) != SaidType::kNothing ||
         std::ranges::any_of(options.columns, [&](const ColumnSteps& own) {
           return own.by_name && own.selector == column;
         });
}

std::unique_ptr<RetypedTable> as_typed(const table::Table& table, const FitOptions& options) {
  auto typed = std::make_unique<RetypedTable>(table);
  for (const std::string& as : options.columns_as) {
    const auto [name, type] = parts_of(as);
    const std::size_t column = table.find(name);
    if (said_type(options, name) == SaidType::kNumber) {
      typed->take_as_number(column);
    } else if (said_type(options, name) == SaidType::kDate) {
      typed->take_as_date(column, format_of(type));
    }
  }
  for (DerivedColumn& derived : derivations(*typed, options)) {
    typed->add(std::move(derived));
  }
  const std::vector<std::string> taken = taken_columns(*typed);
  for (const std::string& name : options.features) {
    const std::size_t column = typed->find(name);
    if (typed->columns()[column].is_date() && !contains(taken, name) &&
        said_type(options, name) == SaidType::kNothing) {
      typed->take_as_number(column);
    }
  }
  return typed;
}

}  // namespace tessera::features
