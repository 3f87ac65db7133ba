#include "table/text/text_format.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "table/text/delimited.hpp"
#include "table/values/number.hpp"
#include "table/values/utf8.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kSampledRecords = 50;

struct Signature {
  std::string_view bytes;
  std::string_view meaning;
};
constexpr std::array kSignatures = {
    Signature{"\xFF\xFE", "is UTF-16; convert it with: iconv -f UTF-16 -t UTF-8"},
    Signature{"\xFE\xFF", "is UTF-16; convert it with: iconv -f UTF-16 -t UTF-8"},
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
    fail(ExitCode::kBadData,
         "{} is not plain text: byte {} is zero; if it is UTF-16, convert it with: iconv -f UTF-16 "
         "-t UTF-8",
         path, head.find('\0') + 1);
  }
  if (head.find('\n') == std::string_view::npos && head.find('\r') != std::string_view::npos) {
    fail(ExitCode::kBadData,
         "{} ends its lines with CR alone, as old Macintosh programs did; convert it with: tr "
         "'\\r' '\\n'",
         path);
  }
}

// Where the text begins, behind a byte order mark.
std::size_t begin_of(const Head& head) {
  return head.text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

struct SampledRecord {
  std::vector<std::string> cells;
  std::uint64_t begin_line = 1;
  std::size_t end = 0;         // offset of the next record
  std::uint64_t end_line = 1;  // and its line
  bool unclosed = false;
};

// The first records that are not blank, as `delimiter` would separate them.
std::vector<SampledRecord> sample(const Head& head, char delimiter) {
  std::string text = head.text;  // parsing changes it
  std::vector<SampledRecord> records;
  Record record;
  char* at = text.data() + begin_of(head);
  char* const end = text.data() + text.size();
  std::uint64_t line = 1;
  while (at < end && records.size() < kSampledRecords) {
    at = parse_record(at, end, head.whole, delimiter, record);
    if (at == nullptr) {
      break;
    }
    const std::uint64_t begin_line = line;
    line += record.newlines + 1;
    if (!record.blank) {
      records.push_back({.cells = {record.cells.begin(), record.cells.end()},
                         .begin_line = begin_line,
                         .end = static_cast<std::size_t>(at - text.data()),
                         .end_line = line,
                         .unclosed = record.unclosed});
    }
  }
  return records;
}

// The delimiter that divides most records as it divides the first one; of several the one that
// gives more columns.
char detect_delimiter(const Head& head) {
  char best = ',';
  std::pair<std::size_t, std::size_t> best_score{0, 0};
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const std::vector<SampledRecord> records = sample(head, delimiter);
    if (records.empty() || records[0].cells.size() < 2) {
      continue;
    }
    const std::size_t columns = records[0].cells.size();
    const auto agreeing = static_cast<std::size_t>(
        std::ranges::count_if(records, [&](const auto& r) { return r.cells.size() == columns; }));
    const std::pair<std::size_t, std::size_t> score{agreeing, columns};
    if (score > best_score) {
      best = delimiter;
      best_score = score;
    }
  }
  return best;
}

bool is_number(const std::string& cell) { return parse_number(cell).kind != NumberKind::kNone; }

bool starts_with_header(const std::vector<SampledRecord>& records) {
  if (records.size() < 2) {
    return true;
  }
  const std::vector<std::string>& first = records[0].cells;
  const std::vector<std::string>& second = records[1].cells;
  for (std::size_t c = 0; c < std::min(first.size(), second.size()); ++c) {
    if (is_number(first[c]) && is_number(second[c])) {
      return false;
    }
  }
  return true;
}

std::string clean_name(const std::string& cell) {
  std::string name = is_utf8(cell) ? cell : utf8_from_windows_1252(cell);
  std::ranges::replace_if(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }, ' ');
  return name;
}

void add_names(TextFormat& format, const std::vector<std::string>& cells) {
  std::set<std::string> taken;
  if (format.header) {
    for (const std::string& cell : cells) {
      taken.insert(clean_name(cell));
    }
  }
  std::set<std::string> used;
  const auto unused = [&](const std::string& wanted, std::size_t number) {
    std::string name = wanted;
    while (taken.contains(name) || used.contains(name)) {
      name = fmt::format("{}_{}", wanted, number++);
    }
    return name;
  };
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string wanted = format.header ? clean_name(cells[c]) : "";
    ColumnName name{wanted, !wanted.empty()};
    if (wanted.empty()) {
      name.text = unused(fmt::format("column_{}", c + 1), 2);
    } else if (used.contains(wanted)) {
      name.text = unused(wanted, 2);
      format.notes.push_back(fmt::format(
          "column {} is called '{}' like an earlier one; renamed '{}'", c + 1, wanted, name.text));
    }
    used.insert(name.text);
    format.names.push_back(std::move(name));
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
  const bool blank = head.text.find_first_not_of("\r\n ", begin_of(head)) == std::string::npos;
  if (blank && may_grow) {
    return std::nullopt;
  }
  if (blank) {
    fail(ExitCode::kBadData, "{} {} nothing but blank lines", head.name,
         head.whole ? "holds" : "begins with");
  }
  TextFormat format;
  format.delimiter = delimiter_of(options).value_or(detect_delimiter(head));
  const std::vector<SampledRecord> records = sample(head, format.delimiter);
  if (!records.empty()) {
    check_columns(head.name, records[0].cells.size());
  }
  if (records.size() < 2 && may_grow) {
    return std::nullopt;
  }
  format.data_begin = begin_of(head);
  if (records.empty() && !head.whole) {
    fail(ExitCode::kBadData,
         "{}, line 1: in the first {} MiB there is no whole record; is a quote missing?", head.name,
         head.text.size() >> 20U);
  }
  if (records.empty()) {
    fail(ExitCode::kBadData, "{} holds nothing but blank lines", head.name);
  }
  const SampledRecord& first = records[0];
  if (first.unclosed) {
    fail(ExitCode::kBadData, "{}, line {}: a quote opened here is never closed", head.name,
         first.begin_line);
  }
  format.header = options.header == Header::kYes ||
                  (options.header == Header::kAuto && starts_with_header(records));
  if (format.header) {
    format.data_begin = first.end;
    format.data_line = first.end_line;
  }
  add_names(format, first.cells);
  if (first.cells.size() == 1) {
    format.notes.push_back(
        "there is a single column; if there should be more, state the delimiter");
  }
  return format;
}

}  // namespace tessera::table
