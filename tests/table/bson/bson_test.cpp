// Dumps of MongoDB, made by libbson.
#include <bson/bson.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/shown_table.hpp"
#include "support/world.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::shown;
using test::world;
using ::testing::HasSubstr;

template <typename Fill>
std::string document(const Fill& fill) {
  bson_t made = BSON_INITIALIZER;
  fill(&made);
  std::string bytes(reinterpret_cast<const char*>(bson_get_data(&made)), made.len);
  bson_destroy(&made);
  return bytes;
}

std::string number(const char* key, std::int32_t value) {
  return document([&](bson_t* made) { bson_append_int32(made, key, -1, value); });
}

OpenedTable read(const std::string& bytes, const ReadOptions& options = {}) {
  return open_text(world(), "dump.bson", bytes, options);
}

std::string everything(int i) {
  return document([&](bson_t* made) {
    bson_oid_t id;
    bson_oid_init_from_string(&id,
                              i == 0 ? "507f1f77bcf86cd799439011" : "507f1f77bcf86cd799439012");
    bson_append_oid(made, "_id", -1, &id);
    bson_append_int32(made, "whole", -1, -5 + i);
    bson_append_int64(made, "long", -1, (std::int64_t{1} << 60U) + i);
    bson_append_double(made, "real", -1, i == 0 ? 0.5 : std::nan(""));
    bson_decimal128_t decimal;
    bson_decimal128_from_string(i == 0 ? "12.50" : "NaN", &decimal);
    bson_append_decimal128(made, "decimal", -1, &decimal);
    bson_append_bool(made, "truth", -1, i == 0);
    bson_append_utf8(made, "city", -1, i == 0 ? "Z\xC3\xBCrich \"x\\\n" : "", -1);
    bson_append_date_time(made, "joined", -1, i == 0 ? 1'706'691'900'250 : -500);
    bson_append_timestamp(made, "stamp", -1, 86'400, 7);
    bson_append_null(made, "nothing", -1);
    bson_append_minkey(made, "least", -1);
    bson_append_undefined(made, "undefined", -1);
    bson_append_regex(made, "pattern", -1, "^a", "i");
    bson_append_code(made, "code", -1, "f()");
    bson_append_symbol(made, "symbol", -1, "sym", -1);
    const std::uint8_t bytes[16] = {0x12, 0x34, 0xAB};
    bson_append_binary(made, "uuid", -1, BSON_SUBTYPE_UUID, bytes, 16);
    bson_append_binary(made, "raw", -1, BSON_SUBTYPE_BINARY, bytes, 3);
    bson_t inner;
    bson_t deeper;
    bson_append_document_begin(made, "address", -1, &inner);
    bson_append_utf8(&inner, "zip", -1, "8001", -1);
    bson_append_document_begin(&inner, "geo", -1, &deeper);
    bson_append_double(&deeper, "lat", -1, 47.5);
    bson_append_document_end(&inner, &deeper);
    bson_append_document_end(made, &inner);
    bson_append_array_begin(made, "tags", -1, &inner);
    bson_append_int32(&inner, "0", -1, 1);
    bson_append_array_end(made, &inner);
  });
}

TEST(Bson, ValuesOfAllKinds) {
  const OpenedTable opened = read(everything(0) + everything(1));
  EXPECT_EQ(shown(*opened.table),
            "_id:text 507f1f77bcf86cd799439011 507f1f77bcf86cd799439012; whole:integer -5 -4; "
            "long:integer 1152921504606846976 1152921504606846977; real:real 0.5 -; "
            "decimal:real 12.5 -; truth:text true false; city:text Z\xC3\xBCrich \"x\\ -; "
            "joined:date 2024-01-31T09:05:00 1969-12-31T23:59:59; "
            "stamp:date 1970-01-02 1970-01-02; nothing:real - -; least:real - -; "
            "undefined:real - -; pattern:category ^a ^a; code:category f() f(); "
            "symbol:category sym sym; "
            "uuid:category 1234ab00-0000-0000-0000-000000000000 "
            "1234ab00-0000-0000-0000-000000000000; raw:category 1234ab 1234ab; "
            "address.zip:integer 8001 8001; address.geo.lat:real 47.5 47.5");
  EXPECT_THAT(opened.report->notes,
              ::testing::Contains(HasSubstr("column 'tags' was left out: it holds arrays")));
}

// More than is dealt out at once, with keys that come late; plain and packed.
TEST(Bson, ManyDocuments) {
  constexpr int kDocuments = 40'000;
  const SharedFolder folder;
  if (world().is_root()) {
    std::string bytes;
    for (int i = 0; i < kDocuments; ++i) {
      bytes += document([&](bson_t* made) {
        bson_append_int32(made, "number", -1, i);
        bson_append_utf8(made, "word", -1, fmt::format("customer number {}", i).c_str(), -1);
        if (i > kDocuments - 10) {
          bson_append_bool(made, "late", -1, true);
        }
      });
    }
    std::ofstream(folder / "customers.bson", std::ios::binary) << bytes;
    ASSERT_EQ(std::system(("gzip -k " + (folder / "customers.bson")).c_str()), 0);
  }
  world().barrier();
  for (const char* const name : {"customers.bson", "customers.bson.gz"}) {
    const auto table = open_table(world(), folder / name);
    ASSERT_EQ(table->rows(), static_cast<std::uint64_t>(kDocuments));
    EXPECT_EQ(table->columns().size(), 3U);
    EXPECT_EQ(table->missing(2), static_cast<std::uint64_t>(kDocuments - 9));
    const comm::Share share = comm::share_of(table->rows(), world().rank(), world().size());
    std::vector<double> numbers(share.count);
    table->read_numbers(table->find("number"), share.first, numbers);
    const auto words = table->read_text(table->find("word"), share.first, share.count);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ASSERT_EQ(numbers[i], static_cast<double>(share.first + i));
      ASSERT_EQ(words[i], fmt::format("customer number {}", share.first + i));
    }
  }
}

TEST(Bson, MayBeCalledAnything) {
  const SharedFolder folder;
  if (world().is_root()) {
    std::ofstream(folder / "dump", std::ios::binary) << number("a", 1) << number("a", 2);
  }
  world().barrier();
  ReadOptions options;
  options.format = "bson";
  EXPECT_EQ(shown(*open_source(world(), folder / "dump", options).table), "a:integer 1 2");
}

void expect_refused(const std::string& bytes, const std::string& part) {
  expect_error(ExitCode::kBadData, part, [&] { (void)read(bytes); });
}

TEST(Bson, SaysWhatIsWrong) {
  const std::string good = number("a", 1) + number("a", 2);
  expect_refused(good + number("a", 3).substr(0, 9),
                 "dump.bson is damaged: document 3, at byte 25: the file ends within it");
  expect_refused(good + "\x0C", "document 3, at byte 25: the file ends within it");
  expect_refused(good + std::string(4, '\0'), "document 3, at byte 25: it claims to have 0 bytes");
  expect_refused(good + "\xFF\xFF\xFF\xFF", "it claims to have -1 bytes");
  expect_refused("\x6D\xE2\x99\x81 more", "an archive of mongodump");
  std::string unended = number("a", 3);
  unended.back() = '\x01';
  expect_refused(good + unended, "document 3, at byte 25");
  std::string unknown = number("a", 3);
  unknown[4] = '\x44';
  expect_refused(good + unknown, "document 3, at byte 25: its byte");
  expect_refused(good + document([](bson_t* made) { bson_append_utf8(made, "a", -1, "x\0y", 3); }),
                 "line 3: column 'a': its string holds a zero character");
  expect_refused(good + document([](bson_t* made) { bson_append_utf8(made, "a", -1, "\xFF", 1); }),
                 "line 3: it is not UTF-8");
  expect_refused(good + document([](bson_t* made) {
                   bson_append_date_time(made, "a", -1, std::int64_t{1} << 62U);
                 }),
                 "document 3, at byte 25: 4611686018427387904 ms from 1970 are no date");
  expect_refused(good + document([](bson_t* made) { bson_append_utf8(made, "a", -1, "x", -1); }) +
                     document([](bson_t* made) {
                       bson_t inner;
                       bson_append_array_begin(made, "a", -1, &inner);
                       bson_append_array_end(made, &inner);
                     }),
                 "line 4: column 'a' holds an array here and single values elsewhere");
  expect_refused("", "is empty");
  ReadOptions options;
  options.delimiter = ";";
  expect_error(ExitCode::kUsage, "is BSON, whose documents name their columns",
               [&] { (void)read(good, options); });
}

// Documents in documents, as deep as a file may pretend.
TEST(Bson, NestedTooDeeply) {
  std::string nested = number("a", 1);
  for (int i = 0; i < 2000; ++i) {
    const auto size = static_cast<std::uint32_t>(nested.size() + 8);
    std::string outer(reinterpret_cast<const char*>(&size), sizeof size);
    outer += std::string(
        "\x03"
        "a\0",
        3);
    nested = outer + nested + std::string(1, static_cast<char>(0));
  }
  expect_refused(nested, "nested too deeply");
}

// Here and there: a table, or an error, but no crash.
TEST(Bson, DamagedAnywhere) {
  const std::string bytes = everything(0) + everything(1);
  for (std::size_t at = 0; at < bytes.size(); at += 41) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xA5);
    try {
      (void)read(damaged);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadData);
    }
  }
}

}  // namespace
}  // namespace tessera::table
