#include "table/text/quote_states.hpp"

#include <algorithm>
#include <cstring>

namespace tessera::table {
namespace {

enum Class : std::uint8_t { kOther, kDelimiter, kNewline, kQuote, kBlank };

}  // namespace

QuoteRules::QuoteRules(char delimiter) : delimiter_(delimiter) {
  const auto set = [this](char c, Class to) { classes_[static_cast<unsigned char>(c)] = to; };
  set(' ', kBlank);
  set('\t', kBlank);
  set('\n', kNewline);
  set('"', kQuote);
  set(delimiter, kDelimiter);

  using enum QuoteState;
  // from:                     kField   kPlain  kQuoted   kClosing
  steps_[kOther] = QuoteMap::of({kPlain, kPlain, kQuoted, kPlain});
  steps_[kBlank] = QuoteMap::of({kField, kPlain, kQuoted, kPlain});
  steps_[kDelimiter] = QuoteMap::of({kField, kField, kQuoted, kField});
  steps_[kNewline] = steps_[kDelimiter];
  steps_[kQuote] = QuoteMap::of({kQuoted, kPlain, kClosing, kQuoted});

  for (std::size_t c = 0; c < kClasses; ++c) {
    for (unsigned bits = 0; bits < 256; ++bits) {
      composed_[c][bits] = QuoteMap(static_cast<std::uint8_t>(bits)).then(steps_[c]);
    }
  }
}

QuoteMap QuoteRules::walk(QuoteMap map, std::string_view text) const {
  for (const char c : text) {
    map = composed_[class_of(c)][map.bits()];
  }
  return map;
}

QuoteMap QuoteRules::map_of(std::string_view text) const {
  const std::size_t quote = text.find('"');
  if (quote != std::string_view::npos) {
    return map_without_quotes(text.substr(0, quote)).then(walk(QuoteMap(), text.substr(quote)));
  }
  return map_without_quotes(text);
}

QuoteMap QuoteRules::map_without_quotes(std::string_view text) const {
  // The last separator decides: behind it a field starts, unless it was quoted.
  const std::array separators{delimiter_, '\n'};
  const std::size_t last =
      text.find_last_of(std::string_view(separators.data(), separators.size()));
  if (last == std::string_view::npos) {
    return walk(QuoteMap(), text);
  }
  return walk(steps_[kDelimiter], text.substr(last + 1));
}

std::size_t QuoteRules::whole_records(std::string_view text) const {
  const std::size_t quote = text.find('"');
  if (quote == std::string_view::npos) {
    return text.rfind('\n') + 1;
  }
  std::size_t whole = text.substr(0, quote).rfind('\n') + 1;
  QuoteState state = QuoteState::kField;
  for (std::size_t i = whole; i < text.size(); ++i) {
    if (text[i] == '\n' && state != QuoteState::kQuoted) {
      whole = i + 1;
    }
    state = next(state, text[i]);
  }
  return whole;
}

}  // namespace tessera::table
