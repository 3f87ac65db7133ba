#include "features/derivations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "features/select.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

using table::Column;

constexpr double kLatest = std::numeric_limits<double>::quiet_NaN();

/// What is taken of a column: one feature, or a sine and a cosine.
struct Take {
  std::string name;  // "days-before"
  std::vector<Derivation> kinds;
  double reference = kLatest;
};

[[noreturn]] void fail_take(std::string_view take) {
  fail(ExitCode::kUsage,
       "take {}: expected days-before, days-before DATE, age DATE, weekday or month, with DATE as "
       "2024-12-31",
       take);
}

Take parse_take(std::string_view text) {
  const auto blank = std::min(text.find(' '), text.size());
  const std::string_view name = text.substr(0, blank);
  const std::string_view argument = trimmed(text.substr(blank));
  Take take{std::string(name), {}};
  if (name == "weekday" && argument.empty()) {
    take.kinds = {Derivation::kWeekdaySine, Derivation::kWeekdayCosine};
  } else if (name == "month" && argument.empty()) {
    take.kinds = {Derivation::kMonthSine, Derivation::kMonthCosine};
  } else if (name == "days-before" || name == "age") {
    take.kinds = {name == "age" ? Derivation::kAge : Derivation::kDaysBefore};
    const std::optional<std::int64_t> date = parse_date(argument, DateStyle::kYearFirst);
    if (!date && (name == "age" || !argument.empty())) {
      fail_take(text);
    }
    take.reference = date ? static_cast<double>(*date) : kLatest;
  } else {
    fail_take(text);
  }
  return take;
}

std::vector<Take> parse_takes(std::string_view text) {
  std::vector<Take> takes;
  for (std::string_view rest = text; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    takes.push_back(parse_take(trimmed(rest.substr(0, comma))));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (std::ranges::count(takes, takes.back().name, &Take::name) > 1) {
      fail(ExitCode::kUsage, "take {}: {} stands twice", text, takes.back().name);
    }
  }
  return takes;
}

/// "joined_days_before"
std::string name_of_feature(const std::string& column, Derivation kind) {
  std::string name = fmt::format("{}_{}", column, features::name_of(kind));
  std::replace(name.begin() + static_cast<std::ptrdiff_t>(column.size()), name.end(), '-', '_');
  return name;
}

/// Without the quotes around it.
std::string unquoted(std::string_view name) {
  const bool is_quoted = name.size() > 1 && name.front() == '"' && name.back() == '"';
  return std::string(is_quoted ? name.substr(1, name.size() - 2) : name);
}

/// A and B of "A / B".
std::vector<std::string> parts_of(const Ratio& ratio) {
  std::vector<std::size_t> slashes;
  bool is_quoted = false;
  for (std::size_t i = 0; i < ratio.of.size(); ++i) {
    is_quoted = is_quoted != (ratio.of[i] == '"');
    if (ratio.of[i] == '/' && !is_quoted) {
      slashes.push_back(i);
    }
  }
  const std::string_view of = ratio.of;
  const std::size_t at = slashes.size() == 1 ? slashes.front() : 0;
  std::vector<std::string> parts = {unquoted(trimmed(of.substr(0, at))),
                                    unquoted(trimmed(of.substr(at + 1)))};
  if (parts.front().empty() || parts.back().empty()) {
    fail(ExitCode::kConfig,
         "{}: of = {}: expected two columns, A / B; names that have a slash stand in double quotes",
         ratio.where, ratio.of);
  }
  return parts;
}

/// Calls `work`, whose errors become errors of a section.
template <typename Work>
auto in_section(const std::string& where, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(ExitCode::kConfig, fmt::format("{}: {}", where, error.what()));
  }
}

class Deriver {
 public:
  Deriver(const RetypedTable& table, const FitOptions& options)
      : table_(table), options_(options) {}

  std::vector<DerivedColumn> run() {
    for (const Column& column : table_.columns()) {
      if (is_wanted(options_, column.name) && !options_.columns.empty()) {
        take(column);
        indicate(column);
      }
    }
    for (const Ratio& ratio : options_.ratios) {
      const std::vector<std::string> parts = parts_of(ratio);
      in_section(ratio.where, [&] {
        for (const std::string& name : parts) {
          if (const Column& column = table_.columns()[table_.find(name)]; !column.is_number()) {
            fail(ExitCode::kConfig,
                 "{}: column \"{}\" holds {} values, which cannot be divided; {}=number among "
                 "columns-as takes it as numbers",
                 table_.name(), name, table::to_string(column.type), name);
          }
        }
      });
      add({.name = ratio.name, .kind = Derivation::kRatio, .columns = parts}, ratio.where);
    }
    return std::move(found_);
  }

 private:
  void take(const Column& column) {
    const ColumnSteps* const own = most_specific(options_, column, &ColumnSteps::take);
    const bool is_named = own != nullptr && own->by_name;
    const bool is_date = column.is_date();
    if (own == nullptr || (!is_date && !is_named)) {
      return;
    }
    for (const Take& take : in_section(own->where, [&] { return parse_takes(own->take); })) {
      const bool is_year = column.is_number() && !is_date && take.name == "age";
      if (!is_date && !is_year) {
        fail(ExitCode::kConfig,
             "{}: take {}: column \"{}\" holds {} values; it is for dates (and age for years); "
             "{}=date among columns-as takes it as dates",
             own->where, take.name, column.name, table::to_string(column.type), column.name);
      }
      for (const Derivation kind : take.kinds) {
        add({.name = name_of_feature(column.name, kind),
             .kind = is_year ? Derivation::kAgeFromYear : kind,
             .columns = {column.name},
             .reference = has_reference(kind) ? take.reference : 0,
             .format = table_.format_of(table_.find(column.name))},
            own->where);
      }
    }
  }

  void indicate(const Column& column) {
    const bool is_category = column.type == table::ColumnType::kCategory ||
                             said_type(options_, column.name) == SaidType::kCategory;
    if (!is_category && !column.is_number()) {
      return;
    }
    const ColumnSteps* const own = most_specific(options_, column, &ColumnSteps::steps);
    if (own != nullptr && indicates(chain_of(options_, column.name, is_category))) {
      add({.name = name_of_feature(column.name, Derivation::kMissing),
           .kind = Derivation::kMissing,
           .columns = {column.name}},
          own->where);
    }
  }

  void add(DerivedColumn column, const std::string& where) {
    if (std::ranges::find(table_.columns(), column.name, &Column::name) != table_.columns().end() ||
        std::ranges::find(found_, column.name, &DerivedColumn::name) != found_.end()) {
      fail(ExitCode::kConfig,
           "{}: {}: the feature that this makes would be called \"{}\", but there is a column of "
           "that name",
           where, table_.name(), column.name);
    }
    found_.push_back(std::move(column));
  }

  const RetypedTable& table_;
  const FitOptions& options_;
  std::vector<DerivedColumn> found_;
};

}  // namespace

std::vector<DerivedColumn> derivations(const RetypedTable& table, const FitOptions& options) {
  return Deriver(table, options).run();
}

void find_references(const comm::Communicator& comm, RetypedTable& typed) {
  const std::vector<DerivedColumn> derived = typed.derived();
  const comm::Share share = comm::share_of(typed.rows(), comm.rank(), comm.size());
  std::vector<double> seconds(std::min<std::uint64_t>(table::kPieceValues, share.count));
  for (std::size_t i = 0; i < derived.size(); ++i) {
    if (!has_reference(derived[i].kind) || !std::isnan(derived[i].reference)) {
      continue;
    }
    auto latest = static_cast<double>(kFirstDate);
    comm.together([&] {
      for (std::uint64_t at = 0; at < share.count; at += seconds.size()) {
        const auto piece =
            std::span(seconds).first(std::min<std::uint64_t>(seconds.size(), share.count - at));
        typed.read_dates(i, share.first + at, piece);
        for (const double value : piece) {
          latest = value > latest ? value : latest;  // NaN is not
        }
      }
    });
    typed.set_reference(i, comm.all_max(latest));
  }
}

void check_derivations(const FitOptions& options) {
  for (const ColumnSteps& own : options.columns) {
    in_section(own.where, [&] { return parse_takes(own.take); });
  }
  for (const Ratio& ratio : options.ratios) {
    (void)parts_of(ratio);
  }
}

}  // namespace tessera::features
