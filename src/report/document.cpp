#include "tessera/report/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "tessera/base/visible.hpp"

namespace tessera::report {
namespace {

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::size_t own = width_of(text);
  const std::string padding(own < width ? width - own : 0, ' ');
  return left ? text + padding : padding + text;
}

void put(nlohmann::json& object, const std::string& key, nlohmann::json value) {
  if (object.contains(key)) {
    throw std::logic_error("two values of a report have the key " + key);
  }
  object[key] = std::move(value);
}

void put_all(nlohmann::json& object, const Table& table) {
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    if (const std::string& key = table.columns()[c].key; !key.empty()) {
      nlohmann::json values = nlohmann::json::array();
      for (const std::vector<Value>& row : table.rows()) {
        values.push_back(row[c].json);
      }
      put(object, key, std::move(values));
    }
  }
}

void put_all(nlohmann::json& object, const Lines& lines) {
  for (const Lines::Line& line : lines.lines()) {
    if (!line.key.empty()) {
      put(object, line.key, line.value.json);
    }
  }
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string share_text(double part, double whole) {
  return fmt::format("{:.1f} %", whole > 0 ? 100 * part / whole : 0.0);
}

Table& Table::row(std::vector<Value> values) {
  if (values.size() != columns_.size()) {
    throw std::logic_error("a row of a report has another number of values than the table");
  }
  rows_.push_back(std::move(values));
  return *this;
}

std::string Table::to_text() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    widths.push_back(std::max(columns_[c].width, width_of(columns_[c].title)));
    for (const std::vector<Value>& row : rows_) {
      widths[c] = std::max(widths[c], width_of(visible(row[c].text)));
    }
  }
  std::string text;
  const auto add = [&](const auto& text_of) {
    std::string line = indent_;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      line += (c == 0 ? "" : "  ") + padded(text_of(c), widths[c], columns_[c].left);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  if (std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); })) {
    add([&](std::size_t c) { return columns_[c].title; });
  }
  for (const std::vector<Value>& row : rows_) {
    add([&](std::size_t c) { return visible(row[c].text); });
  }
  return text;
}

Lines& Lines::line(std::string label, std::string key, Value value) {
  lines_.push_back({std::move(label), std::move(key), std::move(value)});
  return *this;
}

std::string Lines::to_text() const {
  std::size_t width = width_;
  for (const Line& line : lines_) {
    width = std::max(width, width_of(visible(line.label)));
  }
  std::string text;
  for (const Line& line : lines_) {
    text +=
        indent_ + padded(visible(line.label), width, true) + "  " + visible(line.value.text) + '\n';
  }
  return text;
}

Document& Document::text(std::string text) {
  parts_.emplace_back(std::move(text));
  return *this;
}

Document& Document::add(Table table) {
  parts_.emplace_back(std::move(table));
  return *this;
}

Document& Document::add(Lines lines) {
  parts_.emplace_back(std::move(lines));
  return *this;
}

Document& Document::set(const std::string& key, nlohmann::json value) {
  put(values_, key, std::move(value));
  return *this;
}

Document& Document::set(nlohmann::json object) {
  for (auto& [key, value] : object.items()) {
    put(values_, key, std::move(value));
  }
  return *this;
}

std::string Document::to_text() const {
  std::string all;
  for (const Part& part : parts_) {
    if (const auto* text = std::get_if<std::string>(&part)) {
      all += visible_lines(*text);
    } else if (const auto* table = std::get_if<Table>(&part)) {
      all += table->to_text();
    } else {
      all += std::get<Lines>(part).to_text();
    }
  }
  return all;
}

nlohmann::json Document::to_json() const {
  nlohmann::json object = values_;
  for (const Part& part : parts_) {
    if (const auto* table = std::get_if<Table>(&part)) {
      put_all(object, *table);
    } else if (const auto* lines = std::get_if<Lines>(&part)) {
      put_all(object, *lines);
    }
  }
  return object;
}

}  // namespace tessera::report
