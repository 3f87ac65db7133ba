// Strings in heaps, put together byte by byte.
#include "io/h5_heap.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tessera::io {
namespace {

constexpr std::uint64_t kBase = 512;  // a user block
constexpr std::uint64_t kAt = 64;     // of the heap, from there on

std::string little(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    text += static_cast<char>(value >> (8 * i));
  }
  return text;
}

std::string object(std::uint64_t number, const std::string& text) {
  std::string made =
      little(number, 2) + little(1, 2) + little(0, 4) + little(text.size(), 8) + text;
  made.resize((made.size() + 7) / 8 * 8);
  return made;
}

/// A file of one heap of `size` bytes (0: as many as there are) that holds `objects`.
std::string file_of(const std::string& objects, std::uint64_t size = 0) {
  return std::string(kBase + kAt, '.') + "GCOL" + little(1, 4) +
         little(size == 0 ? 16 + objects.size() : size, 8) + objects;
}

std::string place(std::uint64_t length, std::uint64_t address, std::uint64_t number) {
  return little(length, 4) + little(address, 8) + little(number, 4);
}

std::string text_at(const std::string& file, const std::string& place) {
  const MemoryBytes bytes("a.h5", file);
  H5Heaps heaps(bytes, kBase);
  return std::string(heaps.text(place.data()));
}

void expect_damaged(const std::string& file, const std::string& place, const std::string& why) {
  try {
    const std::string text = text_at(file, place);
    FAIL() << "gives '" << text << "' instead of saying: " << why;
  } catch (const DamagedHeap& damaged) {
    EXPECT_NE(std::string(damaged.what()).find(why), std::string::npos) << damaged.what();
  }
}

const std::string kTwo = object(1, "north") + object(7, "the south") + object(0, "");

TEST(H5Heap, GivesStringsByTheirNumbers) {
  EXPECT_EQ(text_at(file_of(kTwo), place(5, kAt, 1)), "north");
  EXPECT_EQ(text_at(file_of(kTwo), place(9, kAt, 7)), "the south");
}

TEST(H5Heap, StringsEndAtTheirFirstZero) {
  EXPECT_EQ(text_at(file_of(object(1, std::string("a\0b", 3))), place(3, kAt, 1)), "a");
}

TEST(H5Heap, WhatLeadsNowhereIsEmpty) {
  EXPECT_EQ(text_at(file_of(kTwo), place(0, 0, 0)), "");
  EXPECT_EQ(text_at(file_of(kTwo), place(5, 0, 1)), "");
  EXPECT_EQ(text_at(file_of(kTwo), place(5, ~std::uint64_t{0}, 1)), "");
}

TEST(H5Heap, RefusesPlacesThatLeadAstray) {
  expect_damaged(file_of(kTwo), place(6, kAt, 1), "which has 5");
  expect_damaged(file_of(kTwo), place(4, kAt, 1), "which has 5");
  expect_damaged(file_of(kTwo), place(5, kAt, 2), "none of this number");
  expect_damaged(file_of(kTwo), place(5, kAt, 0), "none of this number");
  expect_damaged(file_of(kTwo), place(5, kAt, 0xFFFFFFFF), "none of this number");
  expect_damaged(file_of(kTwo), place(5, kAt + 1, 1), "where none is");
  expect_damaged(file_of(kTwo), place(5, 1 << 20, 1), "behind its end");
  expect_damaged(file_of(kTwo), place(5, ~std::uint64_t{0} - 1, 1), "behind its end");
}

TEST(H5Heap, RefusesHeapsWhoseSizesDoNotFit) {
  expect_damaged(file_of(kTwo, 15), place(5, kAt, 1), "cannot be");
  expect_damaged(file_of(kTwo, 1 << 20), place(5, kAt, 1), "cannot be");
  expect_damaged(file_of(kTwo, ~std::uint64_t{0}), place(5, kAt, 1), "cannot be");
  expect_damaged(file_of(object(1, "north") + object(1, "south")), place(5, kAt, 1),
                 "two objects 1");
  const std::string too_long = little(1, 2) + little(1, 2) + little(0, 4) + little(1000, 8);
  expect_damaged(file_of(too_long + "north..."), place(1000, kAt, 1), "leads out of it");
  const std::string longest = little(1, 2) + little(1, 2) + little(0, 4) + little(~0ULL, 8);
  expect_damaged(file_of(longest + "north..."), place(5, kAt, 1), "leads out of it");
}

TEST(H5Heap, RefusesAFileThatEndsWithinAHeap) {
  const std::string whole = file_of(kTwo);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(static_cast<void>(text_at(whole.substr(0, length), place(5, kAt, 1))), DamagedHeap)
        << length;
  }
}

}  // namespace
}  // namespace tessera::io
