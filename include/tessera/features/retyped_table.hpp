/// \file
/// A table some of whose columns are taken as another type than they were read as, or made of
/// others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tessera/base/dates.hpp"
#include "tessera/features/derived.hpp"
#include "tessera/features/steps/encoding.hpp"
#include "tessera/table/table_over.hpp"

namespace tessera::features {

/// Category columns whose levels are all numbers, dates, and encoded columns, as numbers: of dates
/// the days since 1970-01-01, the time of day as their fraction. Behind the table's own columns
/// stand those that are made of them.
class RetypedTable final : public table::TableOver {
 public:
  /// `table` outlives this.
  explicit RetypedTable(const table::Table& table) : TableOver(table) {}

  /// Throws kBadData naming the column and the level where a level is no number.
  void take_as_number(std::size_t column);
  /// Takes a column, whatever its type, as dates that are written in a format; one of dates as it
  /// is. What fits no date is an error as it is read: kBadData naming column, row and cell.
  void take_as_date(std::size_t column, const DateFormat& format);
  /// Takes a column, whatever its type, as the numbers of its levels.
  void take_as_number(std::size_t column, Encoding encoding);

  /// Adds a column that is made of others, in place of one of its name, if there is one. A column
  /// that holds nothing is missing everywhere, whatever its type; one of numbers may also be a
  /// category whose levels all are numbers. Throws kBadData if the table lacks a column or has it
  /// with a type that does not fit.
  void add(DerivedColumn derived);
  /// What the i-th of derived() goes by.
  void set_reference(std::size_t i, double seconds) { derived_[i].column.reference = seconds; }
  /// Rows [first, first + out.size()) of what it is made of, in seconds; it is made of dates.
  void read_dates(std::size_t i, std::uint64_t first, std::span<double> out) const {
    read_source(derived_[i].sources.front(), first, out);
  }
  /// How the dates of a column are written that was taken_as_date(); empty of others.
  [[nodiscard]] std::string format_of(std::size_t column) const;
  /// Those that were added.
  [[nodiscard]] std::vector<DerivedColumn> derived() const;
  /// That which makes column `column`, or null.
  [[nodiscard]] const DerivedColumn* derivation(std::size_t column) const;

  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t column) const override {
    return encoded_.contains(column) || derivation(column) != nullptr ? std::nullopt
                                                                      : TableOver::missing(column);
  }
  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override;
  [[nodiscard]] std::size_t columns_per_read() const override {
    return is_as_it_was() ? TableOver::columns_per_read() : 1;
  }

 private:
  /// A column of the table, and how it is read.
  struct Source {
    enum class How { kNothing, kNumbers, kDates, kWrittenDates, kCodes, kText };
    std::size_t column;
    How how;
    std::optional<DateFormat> format = {};
  };
  struct Derived {
    DerivedColumn column;
    std::size_t at;  // in columns_
    std::vector<Source> sources;
  };
  [[nodiscard]] Source source_of(const DerivedColumn& derived, const std::string& name);
  void read_source(const Source& source, std::uint64_t first, std::span<double> out) const;
  void read_written(std::size_t column, const DateFormat& format, std::uint64_t first,
                    std::span<double> out) const;
  void read_derived(const Derived& derived, std::uint64_t first, std::span<double> out) const;
  void read_levels(std::size_t column, std::span<const double> numbers, std::uint64_t first,
                   std::span<double> out) const;
  void read_encoded(std::size_t column, const Encoding& encoding, std::uint64_t first,
                    std::span<double> out) const;
  [[nodiscard]] bool is_as_it_was() const {
    return numbers_.empty() && encoded_.empty() && dates_.empty() && written_.empty() &&
           derived_.empty();
  }

  std::map<std::size_t, std::vector<double>> numbers_;  // missing first, then the levels'
  std::set<std::size_t> dates_;
  std::map<std::size_t, Encoding> encoded_;    // of columns that are no categories
  std::map<std::size_t, DateFormat> written_;  // of columns that are no dates under this
  std::vector<Derived> derived_;
};

}  // namespace tessera::features
