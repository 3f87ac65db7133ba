#include "table/bson/bson_lines.hpp"

#include <bson/bson.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "table/json/json_lines.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

constexpr int kDeepest = 100;
constexpr std::int32_t kLeastBytes = 5;         // of a document: its length, and the end
constexpr std::int32_t kMostBytes = 48 << 20U;  // MongoDB's own are of 16 MiB
constexpr std::string_view kArchive = "\x6D\xE2\x99\x81";

/// Why a document is none; its number and the file are the stream's to tell.
struct Damaged {
  std::string why;
};

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_date(std::string& out, std::int64_t milliseconds) {
  constexpr std::int64_t kPerSecond = 1000;
  const std::int64_t seconds = milliseconds / kPerSecond - (milliseconds % kPerSecond < 0 ? 1 : 0);
  if (seconds < kFirstDate || seconds > kLastDate) {
    throw Damaged{
        fmt::format("{} ms from 1970 are no date of the years 1000 to 9999", milliseconds)};
  }
  append_string(out, date_text(seconds, true) + "Z");
}

void append_real(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "null";
  } else if (std::isinf(value)) {
    append_string(out, value < 0 ? "-inf" : "inf");
  } else {
    out += fmt::format("{}", value);
  }
}

// Numbers of 34 digits stay what they are; to MongoDB NaN is one of them.
void append_decimal(std::string& out, const bson_iter_t& at) {
  bson_decimal128_t value{};
  std::array<char, BSON_DECIMAL128_STRING> text{};
  bson_iter_decimal128(&at, &value);
  bson_decimal128_to_string(&value, text.data());
  const std::string_view shown(text.data());
  if (shown == "NaN") {
    out += "null";
  } else if (shown.ends_with("Infinity")) {
    append_string(out, shown);
  } else {
    out += shown;
  }
}

void append_id(std::string& out, const bson_oid_t* id) {
  std::array<char, 25> text{};
  bson_oid_to_string(id, text.data());
  append_string(out, text.data());
}

void append_binary(std::string& out, const bson_iter_t& at) {
  bson_subtype_t subtype{};
  std::uint32_t size = 0;
  const std::uint8_t* bytes = nullptr;
  bson_iter_binary(&at, &subtype, &size, &bytes);
  std::string text;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (subtype == BSON_SUBTYPE_UUID && size == 16 && (i == 4 || i == 6 || i == 8 || i == 10)) {
      text += '-';
    }
    text += fmt::format("{:02x}", bytes[i]);
  }
  append_string(out, text);
}

void append_document(std::string& out, bson_iter_t& at, int depth);

void append_value(std::string& out, const bson_iter_t& at, int depth) {
  std::uint32_t size = 0;
  switch (bson_iter_type(&at)) {
    case BSON_TYPE_DOUBLE:
      return append_real(out, bson_iter_double(&at));
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
      out += fmt::format("{}", bson_iter_as_int64(&at));
      return;
    case BSON_TYPE_DECIMAL128:
      return append_decimal(out, at);
    case BSON_TYPE_BOOL:
      out += bson_iter_bool(&at) ? "true" : "false";
      return;
    case BSON_TYPE_UTF8: {
      const char* const text = bson_iter_utf8(&at, &size);
      return append_string(out, {text, size});
    }
    case BSON_TYPE_SYMBOL: {
      const char* const text = bson_iter_symbol(&at, &size);
      return append_string(out, {text, size});
    }
    case BSON_TYPE_CODE: {
      const char* const text = bson_iter_code(&at, &size);
      return append_string(out, {text, size});
    }
    case BSON_TYPE_REGEX:
      return append_string(out, bson_iter_regex(&at, nullptr));
    case BSON_TYPE_DATE_TIME:
      return append_date(out, bson_iter_date_time(&at));
    case BSON_TYPE_TIMESTAMP: {
      std::uint32_t seconds = 0;
      std::uint32_t order = 0;
      bson_iter_timestamp(&at, &seconds, &order);
      return append_date(out, std::int64_t{seconds} * 1000);
    }
    case BSON_TYPE_OID:
      return append_id(out, bson_iter_oid(&at));
    case BSON_TYPE_BINARY:
      return append_binary(out, at);
    case BSON_TYPE_ARRAY:
      out += "[]";  // of which nobody asks what is in them
      return;
    case BSON_TYPE_DOCUMENT: {
      bson_iter_t inner;
      if (!bson_iter_recurse(&at, &inner)) {
        throw Damaged{"a document within it is damaged"};
      }
      return append_document(out, inner, depth + 1);
    }
    default:  // null, undefined, minimal and maximal keys, and what is obsolete
      out += "null";
  }
}

void append_document(std::string& out, bson_iter_t& at, int depth) {
  if (depth > kDeepest) {
    throw Damaged{"its documents are nested too deeply"};
  }
  out += '{';
  for (bool first = true; bson_iter_next(&at); first = false) {
    out += first ? "" : ",";
    append_string(out, bson_iter_key(&at));
    out += ':';
    append_value(out, at, depth);
  }
  if (at.err_off != 0) {
    throw Damaged{fmt::format("its byte {} is wrong", at.err_off + 1)};
  }
  out += '}';
}

class BsonLines final : public io::Stream {
 public:
  explicit BsonLines(std::unique_ptr<io::Stream> documents) : documents_(std::move(documents)) {}

  [[nodiscard]] const std::string& name() const override { return documents_->name(); }

  std::size_t read(std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      if (at_ == text_.size() && !next_document()) {
        break;
      }
      const std::size_t copied =
          std::string_view(text_).substr(at_).copy(out.data() + done, out.size() - done);
      at_ += copied;
      done += copied;
    }
    return done;
  }

 private:
  [[noreturn]] void fail_damaged(const std::string& why) const {
    fail(ExitCode::kBadData, "{} is damaged: document {}, at byte {}: {}; dump it again", name(),
         grouped(number_ + 1), grouped(begin_ + 1), why);
  }

  bool next_document() {
    static_assert(std::endian::native == std::endian::little);
    std::int32_t bytes = 0;
    std::array<char, sizeof bytes> length{};
    const std::size_t got = documents_->read(length);
    if (got == 0) {
      return false;
    }
    std::memcpy(&bytes, length.data(), sizeof bytes);
    if (begin_ == 0 && std::string_view(length.data(), got) == kArchive) {
      fail(ExitCode::kBadData,
           "{} is an archive of mongodump, which is not read; dump into a folder, and give "
           "the .bson file of the collection",
           name());
    }
    if (got == length.size() && (bytes < kLeastBytes || bytes > kMostBytes)) {
      fail_damaged(fmt::format("it claims to have {} bytes", bytes));
    }
    document_.resize(got < length.size() ? got : static_cast<std::size_t>(bytes));
    std::ranges::copy(std::span(length).first(got), document_.begin());
    if (got < length.size() ||
        documents_->read(std::span(document_).subspan(got)) != document_.size() - got) {
      fail_damaged("the file ends within it");
    }
    bson_t document;
    bson_iter_t at;
    if (!bson_init_static(&document, reinterpret_cast<const std::uint8_t*>(document_.data()),
                          document_.size()) ||
        !bson_iter_init(&at, &document)) {
      fail_damaged("it does not end as it should");
    }
    text_.clear();
    at_ = 0;
    try {
      append_document(text_, at, 1);
    } catch (const Damaged& damaged) {
      fail_damaged(damaged.why);
    }
    text_ += '\n';
    begin_ += document_.size();
    ++number_;
    return true;
  }

  std::unique_ptr<io::Stream> documents_;
  std::vector<char> document_;
  std::string text_;  // of the document
  std::size_t at_ = 0;
  std::uint64_t begin_ = 0;  // in the file, of the next document
  std::uint64_t number_ = 0;
};

}  // namespace

std::unique_ptr<io::Stream> bson_lines(std::unique_ptr<io::Stream> documents) {
  return std::make_unique<BsonLines>(std::move(documents));
}

std::unique_ptr<RecordFormat> open_bson(const Head& head, const ReadOptions& options) {
  refuse_options(options,
                 {"encoding", "delimiter", "escape", "comment", "header", "skip_lines",
                  "header_lines", "names", "drop_totals"},
                 head.name + " is BSON, whose documents name their columns");
  return open_json_lines(head, options);
}

}  // namespace tessera::table
