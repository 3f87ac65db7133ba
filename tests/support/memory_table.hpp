// A table held in memory, for tests.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::test {

class MemoryTable : public table::Table {
 public:
  static constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

  explicit MemoryTable(std::uint64_t rows) : rows_(rows) {}

  void add_numbers(const std::string& column, std::vector<double> values) {
    columns_.push_back({column, table::ColumnType::kReal, {}});
    values_.push_back(std::move(values));
  }
  /// Seconds as of base/dates.hpp.
  void add_dates(const std::string& column, std::vector<double> seconds) {
    columns_.push_back({column, table::ColumnType::kDate, {}});
    values_.push_back(std::move(seconds));
  }
  /// Codes into `levels`; -1 is missing.
  void add_category(const std::string& column, std::vector<std::string> levels,
                    const std::vector<std::int32_t>& codes) {
    columns_.push_back({column, table::ColumnType::kCategory, std::move(levels)});
    values_.emplace_back(codes.begin(), codes.end());
  }
  /// Without `texts`: all missing.
  void add_text(const std::string& column, std::vector<std::string> texts = {}) {
    texts.resize(rows_);
    columns_.push_back({column, table::ColumnType::kText, {}});
    values_.emplace_back(rows_);
    texts_[columns_.size() - 1] = std::move(texts);
  }

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::vector<table::Column>& columns() const override { return columns_; }

  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = values_[column][first + i];
    }
  }
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::int32_t>(values_[column][first + i]);
    }
  }
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override {
    std::vector<std::string> text;
    for (std::uint64_t i = first; i < first + count; ++i) {
      text.push_back(text_at(column, i));
    }
    return text;
  }

 private:
  [[nodiscard]] std::string text_at(std::size_t column, std::uint64_t row) const {
    const double value = values_[column][row];
    switch (columns_[column].type) {
      case table::ColumnType::kText:
        return texts_.at(column)[row];
      case table::ColumnType::kCategory:
        return value < 0 ? "" : columns_[column].levels[static_cast<std::size_t>(value)];
      default:
        return std::isnan(value) ? "" : fmt::format("{}", value);
    }
  }

  std::string name_ = "memory";
  std::uint64_t rows_;
  std::vector<table::Column> columns_;
  std::vector<std::vector<double>> values_;
  std::map<std::size_t, std::vector<std::string>> texts_;  // of the text columns
};

}  // namespace tessera::test
