#include "table/text/quote_states.hpp"

#include <algorithm>

namespace tessera::table {
namespace {

enum Class : std::uint8_t { kOther, kDelimiter, kNewline, kQuote, kBlank, kEscape, kComment };

// Maps of plain dialects: two bits for each of the first four states.
constexpr unsigned kPlainStates = 4;
constexpr std::uint8_t kPlainIdentity = 0b11'10'01'00;

std::uint8_t then(std::uint8_t map, QuoteMap step) {
  unsigned bits = 0;
  for (unsigned s = 0; s < kPlainStates; ++s) {
    const auto between = static_cast<QuoteState>((map >> (2 * s)) & 3U);
    bits |= static_cast<unsigned>(step(between)) << (2 * s);
  }
  return static_cast<std::uint8_t>(bits);
}

QuoteMap widened(std::uint8_t map) {
  QuoteMap::States to{};  // of the others nothing is asked
  for (unsigned s = 0; s < kPlainStates; ++s) {
    to[s] = static_cast<QuoteState>((map >> (2 * s)) & 3U);
  }
  return QuoteMap::of(to);
}

}  // namespace

QuoteRules::QuoteRules(const Dialect& dialect)
    : dialect_(dialect),
      start_(dialect.comment == '\0' ? QuoteState::kField : QuoteState::kRecord) {
  const auto set = [this](char c, Class to) { classes_[static_cast<unsigned char>(c)] = to; };
  set(' ', kBlank);
  set('\t', kBlank);
  set('\n', kNewline);
  if (dialect.is_by_blanks()) {
    set('\t', kDelimiter);
    set('\r', kDelimiter);
  }
  if (dialect.escape != '\0') {
    set(dialect.escape, kEscape);
  }
  if (dialect.comment != '\0') {
    set(dialect.comment, kComment);
  }
  set('"', kQuote);
  set(dialect.delimiter, kDelimiter);

  using enum QuoteState;
  // from:                     kField   kPlain  kQuoted   kClosing kEscaped kRecord kComment
  steps_[kOther] = QuoteMap::of({kPlain, kPlain, kQuoted, kPlain, kQuoted, kPlain, kComment});
  steps_[kBlank] = QuoteMap::of({kField, kPlain, kQuoted, kPlain, kQuoted, kField, kComment});
  steps_[kDelimiter] = QuoteMap::of({kField, kField, kQuoted, kField, kQuoted, kField, kComment});
  steps_[kNewline] = QuoteMap::of({start_, start_, kQuoted, start_, kQuoted, start_, start_});
  steps_[kQuote] = QuoteMap::of({kQuoted, kPlain, kClosing, kQuoted, kQuoted, kQuoted, kComment});
  steps_[kEscape] = QuoteMap::of({kPlain, kPlain, kEscaped, kPlain, kQuoted, kPlain, kComment});
  steps_[Class::kComment] =
      QuoteMap::of({kPlain, kPlain, kQuoted, kPlain, kQuoted, kComment, kComment});

  for (std::size_t c = 0; c < kPlainClasses && dialect.is_plain(); ++c) {
    for (unsigned bits = 0; bits < 256; ++bits) {
      composed_[c][bits] = then(static_cast<std::uint8_t>(bits), steps_[c]);
    }
  }
}

QuoteMap QuoteRules::walk(std::string_view text) const {
  std::uint8_t map = kPlainIdentity;
  for (const char c : text) {
    map = composed_[class_of(c)][map];
  }
  return widened(map);
}

// From all states side by side: a line end or two, and most of them have become the same.
QuoteMap QuoteRules::walk_all(std::string_view text) const {
  std::array<std::uint8_t, kQuoteStates> way{};  // which of the states below each has led to
  QuoteMap::States states{};
  for (std::size_t s = 0; s < kQuoteStates; ++s) {
    way[s] = static_cast<std::uint8_t>(s);
    states[s] = static_cast<QuoteState>(s);
  }
  std::size_t ways = kQuoteStates;
  for (const char c : text) {
    const QuoteMap step = steps_[class_of(c)];
    for (std::size_t w = 0; w < ways; ++w) {
      states[w] = step(states[w]);
    }
    if (c != '\n' || ways == 1) {
      continue;
    }
    std::array<std::uint8_t, kQuoteStates> merged{};
    std::size_t kept = 0;
    for (std::size_t w = 0; w < ways; ++w) {
      const auto same = std::find(states.begin(), states.begin() + kept, states[w]);
      merged[w] = static_cast<std::uint8_t>(same - states.begin());
      kept += merged[w] == kept ? 1U : 0U;
      states[merged[w]] = states[w];
    }
    ways = kept;
    std::ranges::for_each(way, [&](std::uint8_t& w) { w = merged[w]; });
  }
  QuoteMap::States to{};
  for (std::size_t s = 0; s < kQuoteStates; ++s) {
    to[s] = states[way[s]];
  }
  return QuoteMap::of(to);
}

QuoteMap QuoteRules::map_of(std::string_view text) const {
  if (!dialect_.is_plain()) {
    return walk_all(text);
  }
  const std::size_t quote = text.find('"');
  if (quote != std::string_view::npos) {
    return map_without_quotes(text.substr(0, quote)).then(walk(text.substr(quote)));
  }
  return map_without_quotes(text);
}

QuoteMap QuoteRules::map_without_quotes(std::string_view text) const {
  if (!dialect_.is_plain()) {
    return walk_all(text);
  }
  // The last separator decides: behind it a field starts, unless it was quoted.
  const std::array separators{dialect_.delimiter, '\n'};
  const std::size_t last =
      text.find_last_of(std::string_view(separators.data(), separators.size()));
  if (last == std::string_view::npos) {
    return walk(text);
  }
  return steps_[kDelimiter].then(walk(text.substr(last + 1)));
}

std::size_t QuoteRules::whole_records(std::string_view text) const {
  const std::size_t quote = text.find('"');
  if (quote == std::string_view::npos) {
    return text.rfind('\n') + 1;
  }
  std::size_t whole = text.substr(0, quote).rfind('\n') + 1;
  QuoteState state = start_;
  for (std::size_t i = whole; i < text.size(); ++i) {
    if (text[i] == '\n' && !is_within_quotes(state)) {
      whole = i + 1;
    }
    state = next(state, text[i]);
  }
  return whole;
}

}  // namespace tessera::table
