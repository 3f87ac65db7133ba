/// \file
/// What a job found, once: printed for people, and turned into JSON for programs.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tessera::report {

/// One value: as people read it, and as programs do. In to_text() it is made visible(); so are
/// titles and labels.
struct Value {
  std::string text;
  nlohmann::json json = {};
};

/// Rows of values under titles, drawn with two spaces between columns.
class Table {
 public:
  struct Column {
    std::string title;
    std::string key = {};   ///< in JSON an array of the column's values; empty: for people only
    std::size_t width = 0;  ///< at least so many characters
    bool left = false;      ///< numbers stand to the right, words to the left
  };

  explicit Table(std::vector<Column> columns, std::string indent = {})
      : columns_(std::move(columns)), indent_(std::move(indent)) {}

  /// One value per column.
  Table& row(std::vector<Value> values);

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<std::vector<Value>>& rows() const { return rows_; }
  [[nodiscard]] std::string to_text() const;

 private:
  std::vector<Column> columns_;
  std::string indent_;
  std::vector<std::vector<Value>> rows_;
};

/// Labels and their values, one a line, the values below each other.
class Lines {
 public:
  struct Line {
    std::string label;
    std::string key;  ///< in JSON; empty: for people only
    Value value;
  };

  /// Labels take at least `width` characters.
  explicit Lines(std::size_t width = 0, std::string indent = {})
      : width_(width), indent_(std::move(indent)) {}

  Lines& line(std::string label, std::string key, Value value);
  Lines& line(std::string label, std::string text) {
    return line(std::move(label), {}, {std::move(text)});
  }

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] std::string to_text() const;

 private:
  std::size_t width_;
  std::string indent_;
  std::vector<Line> lines_;
};

/// Paragraphs, lines and tables in their order, and values that only programs see.
class Document {
 public:
  /// For people, with the line ends it has: values of others in it come by visible_format().
  Document& text(std::string text);
  Document& add(Table table);
  Document& add(Lines lines);
  /// For programs.
  Document& set(const std::string& key, nlohmann::json value);
  /// Several at once: the members of an object.
  Document& set(nlohmann::json object);

  using Part = std::variant<std::string, Table, Lines>;
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }

  /// Empty if there is nothing for people.
  [[nodiscard]] std::string to_text() const;
  /// One object. Throws std::logic_error if two values have one key.
  [[nodiscard]] nlohmann::json to_json() const;

 private:
  std::vector<Part> parts_;
  nlohmann::json values_ = nlohmann::json::object();
};

/// Columns as a terminal shows them: UTF-8 characters, not bytes.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// 0.125 as "12.5 %".
[[nodiscard]] std::string share_text(double part, double whole);

}  // namespace tessera::report
