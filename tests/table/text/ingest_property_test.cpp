// Random texts, read in tiny chunks by every number of ranks, against a plain reference parser.
#include <gmock/gmock.h>

#include <random>

#include "support/expect_error.hpp"
#include "table/text/ingest_support.hpp"
#include "table/text/reference_csv.hpp"

namespace tessera::table {
namespace {

using test::world;

class RandomText {
 public:
  explicit RandomText(unsigned seed, const ReferenceDialect& dialect = {})
      : random_(seed), dialect_(dialect) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string cell() {
    static const std::vector<std::string> pieces = {"a", "bc", "\"\"", ",", "\n", "\r\n", " ", "7"};
    static const std::vector<std::string> plain = {"",      "x",   "12",  "a b",
                                                   "5\" x", " y ", "z\"", "é"};
    if (below(2) == 0) {
      return plain[below(plain.size())];
    }
    std::string cell = below(8) == 0 ? " \"" : "\"";
    for (std::size_t i = below(5); i > 0; --i) {
      cell += pieces[below(pieces.size())];
      if (dialect_.escape != '\0' && below(3) == 0) {
        cell += dialect_.escape;
        cell += below(2) == 0 ? '"' : "a\\n\n"[below(4)];
      }
    }
    cell += "\"";
    return below(10) == 0 ? cell + " " : cell;
  }

  std::string records(std::size_t count, std::size_t columns) {
    std::string text;
    for (std::size_t r = 0; r < count; ++r) {
      if (dialect_.comment != '\0' && below(8) == 0) {
        text += dialect_.comment + cell() + dialect_.delimiter + "\"it\n";
      }
      // now and then a row with too few or too many fields, or a blank line
      const std::size_t fields = below(25) == 0 ? 1 + below(2 * columns) : columns;
      for (std::size_t c = 0; c < fields; ++c) {
        text += c > 0 || (dialect_.delimiter == ' ' && below(2) == 0)
                    ? std::string(dialect_.delimiter == ' ' ? 1 + below(3) : 1, dialect_.delimiter)
                    : "";
        text += cell();
      }
      if (below(80) == 0) {
        text += "\" odd";
      }
      text += below(3) == 0 ? "\r\n" : "\n";
      if (below(20) == 0) {
        text += below(2) == 0 ? "\n" : " \r\n";
      }
    }
    if (below(3) == 0) {
      text.pop_back();
    }
    return text;
  }

 private:
  std::mt19937 random_;
  ReferenceDialect dialect_;
};

// All columns as text, nothing missing but empty cells: what comes back is what was parsed.
IngestOptions as_text(std::size_t columns, std::size_t chunk_bytes,
                      const ReferenceDialect& dialect) {
  const auto stated = [](char c) { return c == '\0' ? "none" : std::string(1, c); };
  IngestOptions options;
  options.delimiter = dialect.delimiter == ' ' ? "whitespace" : stated(dialect.delimiter);
  options.escape = stated(dialect.escape);
  options.comment = stated(dialect.comment);
  options.header = Header::kYes;
  options.missing = {};
  options.on_error = OnError::kSkip;
  options.chunk_bytes = chunk_bytes;
  options.kept_bytes = chunk_bytes % 3 * 100;
  for (std::size_t c = 0; c < columns; ++c) {
    options.types.push_back(fmt::format("c{}=text", c));
  }
  return options;
}

// True if there was a table to compare, false if the text was rightly refused.
bool compare(const std::string& text, std::size_t columns, std::size_t chunk_bytes,
             const ReferenceDialect& dialect = {}) {
  const ReferenceText reference = reference_parse(text, dialect);
  const IngestOptions options = as_text(columns, chunk_bytes, dialect);
  std::vector<std::vector<std::string>> expected(columns);
  std::vector<std::uint64_t> rejected;
  for (std::size_t r = 1; r < reference.records.size(); ++r) {
    const ReferenceRecord& record = reference.records[r];
    if (record.garbled || record.cells.size() != columns) {
      rejected.push_back(record.line);
      continue;
    }
    for (std::size_t c = 0; c < columns; ++c) {
      expected[c].push_back(record.cells[c]);
    }
  }
  if (reference.unclosed_line || expected[0].empty()) {
    const std::string part = reference.unclosed_line
                                 ? fmt::format("line {}: a quote", *reference.unclosed_line)
                                 : "rows";
    test::expect_error(ExitCode::kBadData, part, [&] { const IngestedText t(text, options); });
    return false;
  }
  const IngestedText t(text, options);
  for (std::size_t c = 0; c < columns; ++c) {
    EXPECT_EQ(t.column(fmt::format("c{}", c)), expected[c]);
  }
  EXPECT_EQ(t.report().rejected, rejected.size());
  for (std::size_t i = 0; i < t.report().rejections.size(); ++i) {
    EXPECT_EQ(t.report().rejections[i].line, rejected[i]);
  }
  return true;
}

std::string header(std::size_t columns, char delimiter = ',') {
  std::string text;
  for (std::size_t c = 0; c < columns; ++c) {
    text += (c == 0 ? "" : std::string(1, delimiter)) + fmt::format("c{}", c);
  }
  return text + "\n";
}

TEST(IngestProperty, AgreesWithAPlainParser) {
  constexpr unsigned kTexts = 60;
  unsigned tables = 0;
  for (unsigned seed = 0; seed < kTexts; ++seed) {
    RandomText random(seed);
    const std::size_t columns = 1 + random.below(4);
    const std::string text = header(columns) + random.records(1 + random.below(60), columns);
    SCOPED_TRACE(fmt::format("seed {}, text:\n{}", seed, text));
    // tiny chunks, and some that hold several blocks of the scanner
    tables += compare(text, columns, 1 + random.below(seed % 2 == 0 ? 40 : 2000)) ? 1U : 0U;
    if (world().all_max(std::int64_t{HasFailure() ? 1 : 0}) != 0) {
      return;
    }
  }
  EXPECT_GT(tables, kTexts / 2);
}

TEST(IngestProperty, AgreesWithAPlainParserInAllDialects) {
  const std::vector<ReferenceDialect> dialects = {
      {.delimiter = ';', .escape = '\\'},
      {.comment = '#'},
      {.escape = '\\', .comment = 'a'},
      {.delimiter = ' '},
      {.delimiter = ' ', .escape = '\\', .comment = '%'}};
  constexpr unsigned kTexts = 100;
  unsigned tables = 0;
  for (unsigned seed = 0; seed < kTexts; ++seed) {
    const ReferenceDialect& dialect = dialects[seed % dialects.size()];
    RandomText random(3000 + seed, dialect);
    const std::size_t columns = 2 + random.below(3);
    const std::string text =
        header(columns, dialect.delimiter) + random.records(1 + random.below(60), columns);
    SCOPED_TRACE(fmt::format("seed {}, text:\n{}", seed, text));
    tables +=
        compare(text, columns, 1 + random.below(seed % 2 == 0 ? 40 : 2000), dialect) ? 1U : 0U;
    if (world().all_max(std::int64_t{HasFailure() ? 1 : 0}) != 0) {
      return;
    }
  }
  EXPECT_GT(tables, kTexts / 3);
}

// A range that ends at every byte of a record with everything in it.
TEST(IngestProperty, RangesMayBeginAtAnyByte) {
  const std::string record = "\"a\n,\"\"b\"\"\r\n\",5\" x,\"\"\r\n";
  for (std::size_t shift = 0; shift < 2 * record.size(); ++shift) {
    const std::string text =
        header(3) + std::string(shift, 'x') + ",y,z\n" + record + record + record;
    EXPECT_TRUE(compare(text, 3, 7));
  }
}

TEST(IngestProperty, RangesOfAllDialectsMayBeginAtAnyByte) {
  const std::string record = "\"a\n,\\\"b\\\\\"\"\r\n\",5\" x,\"\"\r\n#,\"x\n";
  const ReferenceDialect dialect{.escape = '\\', .comment = '#'};
  for (std::size_t shift = 0; shift < 2 * record.size(); ++shift) {
    const std::string text =
        header(3) + std::string(shift, 'x') + ",y,z\n" + record + record + record;
    EXPECT_TRUE(compare(text, 3, 7, dialect));
  }
}

// Most records need no closer look; those between them must not be taken for such.
TEST(IngestProperty, FindsTheOddRecordAmongSimpleOnes) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    RandomText random(2000 + seed);
    const std::size_t columns = 2 + random.below(3);
    const std::string end = seed % 3 == 0 ? "\r\n" : "\n";
    std::string text = header(columns);
    for (std::size_t r = 0; r < 200; ++r) {
      if (random.below(12) == 0) {
        text += random.records(1, columns);
        text += text.ends_with('\n') ? "" : end;
        continue;
      }
      for (std::size_t c = 0; c < columns; ++c) {
        text += c == 0 ? "" : ",";
        text += std::string(random.below(9), static_cast<char>('a' + random.below(26)));
        text += random.below(40) == 0 ? " " : "";
      }
      text += end;
    }
    SCOPED_TRACE(fmt::format("seed {}, text:\n{}", seed, text));
    compare(text, columns, 100 + random.below(3000));
    if (world().all_max(std::int64_t{HasFailure() ? 1 : 0}) != 0) {
      return;
    }
  }
}

// Columns that are not to the end what they were at the start, with more distinct cells than are
// counted: what is kept of them from the first pass, if anything, makes no difference.
TEST(IngestProperty, KeptValuesAreThoseOfTheText) {
  constexpr std::size_t kRows = 6000;
  std::mt19937 random(7);
  std::string text = "integers,widening,late_real,late_word,identifiers,names,latin1,few,big\n";
  for (std::size_t r = 0; r < kRows; ++r) {
    const std::size_t value = random() % 5000;
    const bool late = r > 2 * kRows / 3;
    const auto or_missing = [&](const std::string& cell) { return random() % 9 == 0 ? "" : cell; };
    text += or_missing(fmt::format("{}", value)) + ",";
    text += or_missing(fmt::format("{}", late ? 1000000007 * value : value % 100)) + ",";
    text += or_missing(fmt::format("{}{}", value, late && value % 7 == 0 ? ".25" : "")) + ",";
    text += or_missing(r == kRows - 5 ? "word" : fmt::format("-{}.50", value)) + ",";
    text += or_missing(fmt::format("{:05}", value)) + ",";
    text += or_missing(fmt::format("name {}", value)) + ",";
    text += or_missing(fmt::format("caf{}{}", value % 2 == 0 ? "\xE9" : "\xC3\xA9", value % 1500)) +
            ",";
    text += or_missing(value % 2 == 0 ? "b\xE9" : "b\xC3\xA9") + ",";
    text += or_missing(fmt::format("{}{}", value, late && value % 7 == 0 ? "e18" : "")) + "\n";
  }
  for (const std::size_t kept_bytes : {1U, 1000U, 30000U, 300000U, 100000000U}) {
    IngestOptions options;
    options.kept_bytes = kept_bytes;
    const IngestedText t(text, options);
    EXPECT_EQ(t.types(),
              "integers:integer widening:integer late_real:real late_word:text identifiers:text "
              "names:text latin1:text few:category big:real");
  }
}

// Whatever the bytes: a table or an Error, never a crash, a hang or another exception.
TEST(IngestProperty, SurvivesAnyBytes) {
  const test::SharedFolder folder;
  IngestOptions options;
  options.input = folder / "in.csv";
  options.on_error = OnError::kSkip;
  options.chunk_bytes = 64;
  std::size_t refused = 0;
  constexpr unsigned kTexts = 200;
  for (unsigned seed = 0; seed < kTexts; ++seed) {
    RandomText random(1000 + seed);
    std::string text = header(3) + random.records(1 + random.below(30), 3);
    for (std::size_t i = random.below(6); i > 0; --i) {
      text[random.below(text.size())] = static_cast<char>(1 + random.below(255));
    }
    text.resize(random.below(text.size() + 1));
    if (seed % 10 == 0) {
      for (char& c : text) {
        c = static_cast<char>(random.below(256));
      }
    }
    if (world().is_root()) {
      std::ofstream(options.input, std::ios::binary) << text;
    }
    world().barrier();
    try {
      const ReadReport report = ingest(world(), options);
      EXPECT_GT(report.rows, 0U);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadData) << error.what();
      ++refused;
    }
    world().barrier();
  }
  EXPECT_GT(refused, 0U);
  EXPECT_LT(refused, std::size_t{kTexts});
}

}  // namespace
}  // namespace tessera::table
