/// \file
/// The cells of one line of JSON. Private to src/table.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tessera::table {

/// Bytes that must be readable behind a line.
inline constexpr std::size_t kJsonSlack = simdjson::SIMDJSON_PADDING;

/// Takes lines apart. Members are numbered in the order in which they were met.
class JsonRow {
 public:
  struct Cell {
    std::size_t member = 0;
    std::string_view text;  ///< kCellSlack bytes can be read, unless it is empty
    bool is_array = false;  ///< and so has no text
  };

  JsonRow();

  /// The cells of an object, valid until clear_texts(), or what is wrong with it.
  [[nodiscard]] std::optional<std::string> parse(std::string_view line);
  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }
  [[nodiscard]] const std::string& name_of(std::size_t member) const { return names_[member]; }

  /// Whether so many keys were met, in whatever objects, that no line is taken any more.
  [[nodiscard]] bool has_too_many_keys() const { return too_many_keys_; }

  void clear_texts() { texts_.clear(); }

 private:
  /// A key of an object, by its spelling in the text, and what was met under it.
  struct Node {
    std::string path;
    std::optional<std::size_t> member;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    /// The children in the order in which they came first, which is that of most lines.
    std::vector<std::pair<std::string_view, Node*>> order;
    std::size_t next = 0;
  };

  using Problem = std::optional<std::string>;
  Problem parse_object(simdjson::ondemand::object object, Node& node, std::size_t depth);
  Problem parse_value(simdjson::ondemand::value value, Node& node, std::size_t depth);
  Problem add(Node& node, std::string_view text, bool is_array = false);
  Node* child_of(Node& node, simdjson::ondemand::field& field, Problem& problem);
  std::string_view kept(std::string_view text);

  simdjson::ondemand::parser parser_;
  Node root_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::vector<std::uint64_t> seen_in_;  // per member, the number of the last line that has it
  std::size_t nodes_ = 0;
  bool too_many_keys_ = false;
  std::uint64_t lines_ = 0;
  std::vector<Cell> cells_;
  std::deque<std::string> texts_;
};

}  // namespace tessera::table
