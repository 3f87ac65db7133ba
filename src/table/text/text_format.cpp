#include "table/text/text_format.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "table/text/column_names.hpp"
#include "table/text/find_dialect.hpp"
#include "table/text/layout.hpp"
#include "table/text/sample.hpp"
#include "table/values/utf8.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

struct Signature {
  std::string_view bytes;
  std::string_view meaning;
};
constexpr std::array kSignatures = {
    Signature{"\x89HDF", "is an HDF5 file, which needs no ingest: give it to the other jobs"},
    Signature{"PK\x03\x04", "is a zip archive or a spreadsheet; unpack it, or save it as CSV"},
    Signature{"PAR1", "is a Parquet file; save it as CSV"},
};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void check_is_text(const std::string& path, std::string_view head) {
  for (const Signature& signature : kSignatures) {
    if (head.starts_with(signature.bytes)) {
      fail(ExitCode::kBadData, "{} {}", path, signature.meaning);
    }
  }
  if (head.find('\0') != std::string_view::npos) {
    fail_about("encoding", ExitCode::kBadData,
               "{} is not plain text: byte {} is zero; if it is text all the same, state its "
               "encoding",
               path, head.find('\0') + 1);
  }
}

// Where the text begins, behind a byte order mark.
LineStart begin_of(const Head& head) {
  return {head.text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0, 1};
}

// "line 3 was", "lines 1 to 3 were"
std::string lines_text(std::uint64_t first, std::uint64_t last) {
  return first == last ? fmt::format("line {} was", first)
                       : fmt::format("lines {} to {} were", first, last);
}

std::string first_words(const SampledRecord& record) {
  const auto known = std::ranges::find_if(record.cells, [](const auto& c) { return !c.empty(); });
  return known == record.cells.end() ? "" : fmt::format(" ('{}')", shown(*known));
}

/// Where the records begin: behind the lines to skip, if they are stated, or behind Excel's first.
LineStart find_start(const Head& head, const ReadOptions& options,
                     const std::optional<SepLine>& sep, std::vector<std::string>& notes) {
  if (const std::optional<std::uint64_t> lines = skip_lines_of(options); lines && *lines > 0) {
    return behind_lines(head, begin_of(head), *lines);
  }
  if (!sep) {
    return begin_of(head);
  }
  notes.push_back(fmt::format("line 1 was not read as a row: it states the delimiter {}",
                              delimiter_name(sep->delimiter)));
  return sep->next;
}

// Takes what stands above the rows for what it is.
void pass_over(const Layout& layout, const std::vector<SampledRecord>& records,
               const LineStart& start, TextFormat& format) {
  format.header = layout.header > 0;
  format.data = start;
  const std::size_t above = layout.titles + layout.header;
  if (above > 0) {
    format.data = records[above - 1].next;
  }
  if (layout.titles > 0) {
    const std::uint64_t last =
        layout.titles < records.size() ? records[layout.titles].line - 1 : format.data.line - 1;
    format.notes.push_back(
        fmt::format("{} skipped as {} above the {}{}; if that is data, state the lines to skip",
                    lines_text(start.line, last), start.line == last ? "a title" : "titles",
                    format.header ? "header" : "rows", first_words(records[0])));
  }
  if (layout.header > 1) {
    const SampledRecord& second = records[layout.titles + 1];
    format.notes.push_back(fmt::format(
        "{} not read as a row: the header has {} lines{}; if not, state how many it has",
        lines_text(second.line, format.data.line - 1), layout.header, first_words(second)));
  }
}

}  // namespace

std::optional<TextFormat> find_text_format(const Head& head, const ReadOptions& options) {
  if (head.text.empty()) {
    fail(ExitCode::kBadData, "{} is empty", head.name);
  }
  check_is_text(head.name, head.text);
  // A very wide table may need more than the first attempt for its header and a record.
  const bool may_grow = !head.whole && head.text.size() < kMaxRecordBytes;
  TextFormat format;
  const std::optional<SepLine> sep = find_sep_line(head, begin_of(head));
  LineStart start = find_start(head, options, sep, format.notes);
  const bool blank = head.text.find_first_not_of("\r\n ", start.at) == std::string::npos;
  if (blank && may_grow) {
    return std::nullopt;
  }
  if (blank) {
    fail(ExitCode::kBadData, "{} {} nothing but blank lines{}", head.name,
         head.whole ? "holds" : "begins with",
         start.line > 1 ? fmt::format(" behind line {}", start.line - 1) : "");
  }
  format.dialect = find_dialect(head, options, sep ? std::optional(sep->delimiter) : std::nullopt,
                                start, format.notes);
  const std::vector<SampledRecord> records = sample(head, start, format.dialect);
  if (!records.empty()) {
    check_columns(head.name, records[0].cells.size());
  }
  if (records.size() < 2 && may_grow) {
    return std::nullopt;
  }
  if (records.empty() && !head.whole) {
    fail(ExitCode::kBadData,
         "{}, line {}: in the first {} MiB there is no whole record; is a quote missing?",
         head.name, start.line, head.text.size() >> 20U);
  }
  if (records.empty()) {
    fail(ExitCode::kBadData, "{} holds nothing but blank lines", head.name);
  }
  const Layout layout = find_layout(records, options);
  const SampledRecord& first = records[std::min(layout.titles, records.size() - 1)];
  if (first.unclosed) {
    fail(ExitCode::kBadData, "{}, line {}: a quote opened here is never closed", head.name,
         first.line);
  }
  pass_over(layout, records, start, format);
  if (!options.names.empty() && options.names.size() != first.cells.size()) {
    fail_about("names", ExitCode::kBadData, "{}: names for {} are stated, but line {} has {}",
               head.name, counted(options.names.size(), "column"), first.line,
               counted(first.cells.size(), "field"));
  }
  format.names = !options.names.empty() ? given_names(options.names)
                 : format.header        ? names_in(first.cells, layout.unnamed, format.notes)
                                        : numbered_names(first.cells.size());
  if (first.cells.size() == 1) {
    format.notes.push_back(
        "there is a single column; if there should be more, state the delimiter");
  }
  return format;
}

}  // namespace tessera::table
