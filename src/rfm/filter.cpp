#include "tessera/rfm/filter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "rfm/words.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::rfm {
namespace {

using table::ColumnType;

// Those that begin with another one come first.
constexpr std::array<std::pair<std::string_view, Comparison>, 8> kOperators = {
    {{"!^=", Comparison::kBeginsNot},
     {"^=", Comparison::kBegins},
     {"!=", Comparison::kNotEqual},
     {"<=", Comparison::kLessEqual},
     {">=", Comparison::kGreaterEqual},
     {"=", Comparison::kEqual},
     {"<", Comparison::kLess},
     {">", Comparison::kGreater}}};

struct Operator {
  Comparison comparison = Comparison::kEqual;
  std::string_view rest;  // behind it
};

std::optional<Operator> operator_at(std::string_view text) {
  for (const auto& [name, comparison] : kOperators) {
    if (text.starts_with(name)) {
      return Operator{comparison, text.substr(name.size())};
    }
  }
  return std::nullopt;
}

// Where the first operator stands.
std::size_t find_operator(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && !operator_at(text.substr(at))) {
    ++at;
  }
  return at;
}

std::string_view unquoted(std::string_view value) {
  const bool is_quoted = value.size() > 1 && value.front() == value.back() &&
                         (value.front() == '"' || value.front() == '\'');
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

bool looks_at_texts(Comparison comparison) {
  return comparison == Comparison::kBegins || comparison == Comparison::kBeginsNot;
}

bool is_ordering(Comparison comparison) {
  return comparison == Comparison::kLess || comparison == Comparison::kLessEqual ||
         comparison == Comparison::kGreater || comparison == Comparison::kGreaterEqual;
}

template <typename Value>
bool compare(const Value& cell, Comparison comparison, const Value& value) {
  switch (comparison) {
    case Comparison::kEqual:
      return cell == value;
    case Comparison::kNotEqual:
      return cell != value;
    case Comparison::kLess:
      return cell < value;
    case Comparison::kLessEqual:
      return cell <= value;
    case Comparison::kGreater:
      return cell > value;
    case Comparison::kGreaterEqual:
      return cell >= value;
    default:
      return false;
  }
}

}  // namespace

void check_filter(std::string_view text) {
  const std::size_t at = find_operator(text);
  if (at == text.size() || trimmed(text.substr(0, at)).empty()) {
    fail_about("where", ExitCode::kUsage,
               "where '{}': expected COLUMN OP VALUE, such as 'Quantity > 0', with one of = != < "
               "<= > >= ^= !^=",
               text);
  }
}

Filter::Filter(const table::Table& table, const std::string& text, std::optional<std::size_t> dates)
    : table_(table), text_(text) {
  check_filter(text);
  const std::string_view test = trimmed(text);
  std::string_view rest;
  std::size_t longest = 0;
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const std::string& name = table.columns()[c].name;
    if (name.size() < longest || name.empty() || !test.starts_with(name)) {
      continue;
    }
    if (const auto found = operator_at(trimmed(test.substr(name.size())))) {
      longest = name.size();
      column_ = c;
      comparison_ = found->comparison;
      rest = found->rest;
    }
  }
  if (longest == 0) {
    const std::size_t at = find_operator(test);
    column_ = table.find(std::string(trimmed(test.substr(0, at))));  // says what there is
  }
  is_date_ =
      (dates == column_ || table.columns()[column_].is_date()) && !looks_at_texts(comparison_);
  is_own_ = is_date_ && dates != column_;
  take_value(unquoted(trimmed(rest)));
}

void Filter::take_date(std::string_view value) {
  const std::optional<std::int64_t> date = date_of(value);
  if (!date && !value.empty()) {
    fail_about("where", ExitCode::kUsage,
               "where '{}': column '{}' holds dates, and '{}' is none; write it as 2024-01-31, or "
               "2024-01-31T18:00:00",
               text_, table_.columns()[column_].name, value);
  }
  date_ = date.value_or(kNoDate);
}

void Filter::take_value(std::string_view value) {
  const table::Column& column = table_.columns()[column_];
  value_ = value;
  const std::optional<double> number = number_of(value);
  if (value.empty() && (is_ordering(comparison_) || looks_at_texts(comparison_))) {
    fail_about("where", ExitCode::kUsage, "where '{}': the value is missing", text_);
  }
  if (is_date_) {
    take_date(value);
    return;
  }
  is_number_ = column.is_number() && !looks_at_texts(comparison_) && !value.empty();
  if (is_number_) {
    if (!number) {
      fail_about("where", ExitCode::kUsage,
                 "where '{}': column '{}' holds numbers, and '{}' is none", text_, column.name,
                 value);
    }
    number_ = *number;
  } else if (is_ordering(comparison_) && number) {
    fail_about("where", ExitCode::kUsage,
               "where '{}': column '{}' holds text, which cannot be compared with a number; state "
               "its type, {}=real",
               text_, column.name, column.name);
  }
  if (column.type == ColumnType::kCategory) {
    for (const std::string& level : column.levels) {
      levels_.push_back(passes(std::string_view(level)) ? 1 : 0);
    }
  }
}

bool Filter::passes(double number) const {
  return std::isnan(number) ? comparison_ == Comparison::kNotEqual
                            : compare(number, comparison_, number_);
}

bool Filter::passes_date(std::int64_t seconds) const {
  // a missing date is equal to a missing one, and to no other
  const bool is_ordered = !is_ordering(comparison_) || seconds != kNoDate;
  return is_ordered && compare(seconds, comparison_, date_);
}

bool Filter::passes(std::string_view cell) const {
  switch (comparison_) {
    case Comparison::kBegins:
      return !cell.empty() && cell.starts_with(value_);
    case Comparison::kBeginsNot:
      return !cell.starts_with(value_);
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      return compare(cell, comparison_, std::string_view(value_));
    default:
      return !cell.empty() && compare(cell, comparison_, std::string_view(value_));
  }
}

std::uint64_t Filter::apply(std::uint64_t first, std::span<const std::int64_t> seconds,
                            std::span<std::uint8_t> keep) {
  std::uint64_t removed = 0;
  const auto judge = [&](std::size_t row, bool passes) {
    removed += keep[row] != 0 && !passes ? 1U : 0U;
    keep[row] = keep[row] != 0 && passes ? 1 : 0;
  };
  if (is_own_) {
    numbers_.resize(keep.size());
    table_.read_numbers(column_, first, numbers_);
    for (std::size_t row = 0; row < keep.size(); ++row) {
      judge(row, passes_date(std::isnan(numbers_[row]) ? kNoDate
                                                       : static_cast<std::int64_t>(numbers_[row])));
    }
  } else if (is_date_) {
    for (std::size_t row = 0; row < keep.size(); ++row) {
      judge(row, passes_date(seconds[row]));
    }
  } else if (is_number_) {
    numbers_.resize(keep.size());
    table_.read_numbers(column_, first, numbers_);
    for (std::size_t row = 0; row < keep.size(); ++row) {
      judge(row, passes(numbers_[row]));
    }
  } else if (!levels_.empty()) {
    const bool missing = passes(std::string_view());
    codes_.resize(keep.size());
    table_.read_codes(column_, first, codes_);
    for (std::size_t row = 0; row < keep.size(); ++row) {
      const std::int32_t code = codes_[row];
      judge(row, code < 0 ? missing : levels_[static_cast<std::size_t>(code)] != 0);
    }
  } else {
    const std::vector<std::string> texts = table_.read_text(column_, first, keep.size());
    for (std::size_t row = 0; row < keep.size(); ++row) {
      judge(row, passes(std::string_view(texts[row])));
    }
  }
  return removed;
}

}  // namespace tessera::rfm
