#include "table/json/json_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "table/records/format.hpp"
#include "table/text/delimited.hpp"
#include "table/values/number.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

using simdjson::error_code;

static_assert(kJsonSlack >= kCellSlack);
constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostNodes = 2 * kMostFoundColumns;  // with objects, which are no members

// As long as the longest word that a cell may be read as.
constexpr char kTrue[32] = "true";
constexpr char kFalse[32] = "false";

constexpr const char* kTooManyKeys = "there are too many different keys for a table";

std::string problem_of(error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return "it is not UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string in it is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string in it holds a control character that is not escaped";
    case simdjson::STRING_ERROR:
      return "an escape in a string is wrong";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
    case simdjson::EMPTY:
      return "it does not end with the end of an object; is it cut off?";
    case simdjson::DEPTH_ERROR:
      return "its objects are nested too deeply";
    default:
      return "it is not correct JSON";
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The grammar of RFC 8259: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) {
      ++at;
    }
    return at - begin;
  };
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) {
      return false;
    }
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
      ++at;
    }
    if (digits() == 0) {
      return false;
    }
  }
  return at == text.size();
}

std::string_view without_blanks_behind(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

// The key as it is spelled, up to its closing quote, which is known to be there.
std::string_view spelling_of(const char* key) {
  const char* end = key;
  while (*end != '"') {
    end += *end == '\\' ? 2 : 1;
  }
  return {key, static_cast<std::size_t>(end - key)};
}

}  // namespace

JsonRow::JsonRow() = default;

std::optional<std::string> JsonRow::parse(std::string_view line) {
  ++lines_;
  cells_.clear();
  simdjson::ondemand::document document;
  if (const error_code code =
          parser_.iterate(line.data(), line.size(), line.size() + kJsonSlack).get(document)) {
    return problem_of(code);
  }
  if (line.front() != '{') {
    return "it is not a JSON object";
  }
  simdjson::ondemand::object object;
  if (const error_code code = document.get_object().get(object)) {
    return problem_of(code);
  }
  if (Problem problem = parse_object(object, root_, 1)) {
    return problem;
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return "more text follows its object";
  }
  return std::nullopt;
}

JsonRow::Problem JsonRow::parse_object(simdjson::ondemand::object object, Node& node,
                                       std::size_t depth) {
  node.next = 0;
  for (auto found : object) {
    simdjson::ondemand::field field;
    if (const error_code code = std::move(found).get(field)) {
      return problem_of(code);
    }
    Problem problem;
    Node* const child = child_of(node, field, problem);
    if (child == nullptr) {
      return problem;
    }
    problem = parse_value(field.value(), *child, depth);
    if (problem) {
      return problem;
    }
  }
  return std::nullopt;
}

JsonRow::Node* JsonRow::child_of(Node& node, simdjson::ondemand::field& field, Problem& problem) {
  const char* const key = field.key().raw();
  if (node.next < node.order.size()) {
    const auto& [spelling, child] = node.order[node.next];
    // no further than to the first difference: the key may be shorter, and its buffer end
    if (std::strncmp(key, spelling.data(), spelling.size()) == 0 && key[spelling.size()] == '"') {
      ++node.next;
      return child;
    }
  }
  const std::string spelling(spelling_of(key));
  const auto known = node.children.find(spelling);
  if (known != node.children.end()) {
    const auto at = std::ranges::find(node.order, known->second.get(),
                                      &std::pair<std::string_view, Node*>::second);
    node.next = static_cast<std::size_t>(at - node.order.begin()) + 1;
    return known->second.get();
  }
  std::string_view name;
  if (const error_code code = field.unescaped_key().get(name)) {
    problem = problem_of(code);
    return nullptr;
  }
  std::string path = node.path.empty() ? std::string(name) : fmt::format("{}.{}", node.path, name);
  std::ranges::replace_if(
      path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }, ' ');
  if (name.empty()) {
    problem = "a key in it is empty";
    return nullptr;
  }
  if (nodes_++ == kMostNodes) {
    too_many_keys_ = true;
    problem = kTooManyKeys;
    return nullptr;
  }
  auto [added, ignored] = node.children.emplace(spelling, std::make_unique<Node>());
  added->second->path = std::move(path);
  node.order.emplace_back(added->first, added->second.get());
  node.next = node.order.size();
  return added->second.get();
}

JsonRow::Problem JsonRow::parse_value(simdjson::ondemand::value value, Node& node,
                                      std::size_t depth) {
  const std::string_view token = without_blanks_behind(value.raw_json_token());
  switch (token.front()) {
    case '"': {
      if (token.size() >= 2 && token.find('\\') == std::string_view::npos) {
        return add(node, trim(token.substr(1, token.size() - 2)));
      }
      std::string_view text;
      if (const error_code code = value.get_string().get(text)) {
        return problem_of(code);
      }
      if (text.find('\0') != std::string_view::npos) {
        return fmt::format("column '{}': its string holds a zero character", node.path);
      }
      return add(node, trim(kept(text)));
    }
    case '{': {
      simdjson::ondemand::object object;
      if (const error_code code = value.get_object().get(object)) {
        return problem_of(code);
      }
      return depth < kDeepest ? parse_object(object, node, depth + 1)
                              : problem_of(simdjson::DEPTH_ERROR);
    }
    case '[': {
      simdjson::ondemand::array array;
      std::string_view passed;
      if (const error_code code = value.get_array().get(array)) {
        return problem_of(code);
      }
      if (const error_code code = array.raw_json().get(passed)) {
        return problem_of(code);
      }
      return add(node, {}, true);
    }
    case 'n':
      return token == "null" ? add(node, {}) : problem_of(simdjson::TAPE_ERROR);
    case 't':
      return token == "true" ? add(node, {kTrue, 4}) : problem_of(simdjson::TAPE_ERROR);
    case 'f':
      return token == "false" ? add(node, {kFalse, 5}) : problem_of(simdjson::TAPE_ERROR);
    default:
      return is_json_number(token) ? add(node, token) : problem_of(simdjson::TAPE_ERROR);
  }
}

JsonRow::Problem JsonRow::add(Node& node, std::string_view text, bool is_array) {
  if (!node.member) {
    const auto [known, is_new] = by_name_.try_emplace(node.path, names_.size());
    if (is_new) {
      if (names_.size() == kMostFoundColumns) {
        too_many_keys_ = true;
        return kTooManyKeys;
      }
      names_.push_back(node.path);
      seen_in_.push_back(0);
    }
    node.member = known->second;
  }
  const std::size_t member = *node.member;
  if (seen_in_[member] == lines_) {
    return fmt::format("the key '{}' stands in it twice", node.path);
  }
  seen_in_[member] = lines_;
  cells_.push_back({member, text, is_array});
  return std::nullopt;
}

std::string_view JsonRow::kept(std::string_view text) {
  std::string& copy = texts_.emplace_back();
  copy.reserve(text.size() + kJsonSlack);
  copy = text;
  return copy;
}

}  // namespace tessera::table
