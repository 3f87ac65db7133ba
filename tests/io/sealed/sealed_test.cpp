// Files with a checksum for each of their blocks.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "io/sealed/seal.hpp"
#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/io/h5_output.hpp"

namespace tessera::io {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::world;

constexpr std::uint64_t kRows = 60'007;  // several blocks, the last one not full

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::vector<double> values() {
  std::vector<double> all(kRows);
  std::iota(all.begin(), all.end(), 0.25);
  return all;
}

// The ranks write pieces of `piece` rows in turn.
void create(const std::string& path, std::uint64_t piece) {
  H5Output out(world(), path);
  std::uint64_t offset = 0;
  out.lay_out([&](H5Creator& creator) {
    creator.group("/group");
    offset = creator.reserve("/group/values", H5Type::kFloat64, kRows);
    creator.write_text("/group/names", std::vector<std::string>{"a", "bc"});
    creator.attribute("/group", "note", std::string("what it is"));
  });
  world().broadcast(std::span(&offset, 1), 0);
  const std::vector<double> all = values();
  const auto ranks = static_cast<std::uint64_t>(world().size());
  const auto rank = static_cast<std::uint64_t>(world().rank());
  for (std::uint64_t first = rank * piece; first < kRows; first += ranks * piece) {
    const std::size_t count = std::min(piece, kRows - first);
    out.write_at(offset + first * sizeof(double),
                 std::as_bytes(std::span(all).subspan(first, count)));
  }
  out.commit();
}

// Everything that there is to read.
void read(const std::string& path) {
  const H5File file(path);
  EXPECT_TRUE(file.is_sealed());
  std::vector<double> found(kRows);
  file.read<double>("/group/values", 0, found);
  EXPECT_EQ(found, values());
  EXPECT_EQ(file.datasets("/group").size(), 2U);
  EXPECT_EQ(file.groups("/"), std::vector<std::string>{"group"});
  EXPECT_EQ(file.text_attribute("/group", "note"), "what it is");
  EXPECT_EQ(file.read_all_text("/group/names"), (std::vector<std::string>{"a", "bc"}));
}

TEST(Sealed, HasTheSameBytesWhateverTheRanksWrote) {
  const SharedFolder folder;
  create(folder / "a.h5", 7);
  create(folder / "b.h5", 16384);
  create(folder / "c.h5", kRows);
  const std::string bytes = bytes_of(folder / "a.h5");
  EXPECT_EQ(bytes_of(folder / "b.h5"), bytes);
  EXPECT_EQ(bytes_of(folder / "c.h5"), bytes);
  read(folder / "a.h5");
}

// As FORMAT.md describes it, by another library's CRC-32.
TEST(Sealed, HasTheChecksumsOfItsBlocks) {
  const SharedFolder folder;
  create(folder / "a.h5", 1000);
  const std::string file = bytes_of(folder / "a.h5");
  const auto number = [&]<typename T>(std::size_t at, T) {
    T value;
    std::memcpy(&value, file.data() + at, sizeof value);
    return value;
  };
  const auto crc = [](std::string bytes, std::size_t length) {
    bytes.resize(length, '\0');
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(length)));
  };
  EXPECT_EQ(file.substr(0, 16), "Tessera sealed\r\n");
  EXPECT_EQ(number(16, std::uint32_t{}), 1U);
  const std::size_t block = number(20, std::uint32_t{});
  const std::size_t end = number(24, std::uint64_t{});
  EXPECT_EQ(number(32, std::uint64_t{}), file.size());
  EXPECT_EQ(number(508, std::uint32_t{}), crc(file.substr(0, 508), 508));
  std::size_t at = end;
  for (std::size_t first = 512; first < end; first += block, at += 4) {
    ASSERT_EQ(number(at, std::uint32_t{}),
              crc(file.substr(first, std::min(block, end - first)), block));
  }
  EXPECT_EQ(number(at, std::uint32_t{}), crc(file.substr(end, at - end), at - end));
  EXPECT_EQ(number(44, std::uint32_t{}), crc(file.substr(at), 4));
  EXPECT_EQ(file.size(), at + 4);
}

// But for the first 16 bytes, without which a file does not look sealed: whoever knows that it has
// to be, as tables and models by their format version, refuses it.
TEST(Sealed, NoticesEveryChange) {
  const SharedFolder folder;
  create(folder / "a.h5", 1000);
  const std::string whole = bytes_of(folder / "a.h5");
  const std::string changed = folder / fmt::format("changed{}.h5", world().rank());
  const auto is_noticed = [&](std::size_t at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    put(changed, bytes);
    expect_error(ExitCode::kBadData, changed, [&] { (void)H5File(changed).verify(); });
    expect_error(ExitCode::kBadData, changed, [&] { read(changed); });
  };
  const std::size_t step = 1009 * static_cast<std::size_t>(world().size());
  for (std::size_t at = 16 + static_cast<std::size_t>(world().rank()); at < whole.size();
       at += step) {
    is_noticed(at);
  }
  for (const std::size_t at : {std::size_t{16}, std::size_t{24}, std::size_t{300}, std::size_t{508},
                               std::size_t{512}, whole.size() - 1, whole.size() - 8}) {
    is_noticed(at);
  }
}

TEST(Sealed, NoticesEveryCutAndEveryExtension) {
  const SharedFolder folder;
  create(folder / "a.h5", 1000);
  const std::string whole = bytes_of(folder / "a.h5");
  const std::string changed = folder / fmt::format("changed{}.h5", world().rank());
  for (std::size_t size = 1; size < whole.size(); size += 9973) {
    put(changed, whole.substr(0, size));
    expect_error(ExitCode::kBadData, changed, [&] { H5File{changed}; });
  }
  put(changed, whole + '\0');
  expect_error(ExitCode::kBadData, "was written with", [&] { H5File{changed}; });
}

TEST(Sealed, NamesWhatIsDamaged) {
  const SharedFolder folder;
  create(folder / "a.h5", 1000);
  std::string bytes = bytes_of(folder / "a.h5");
  const double value = 30'000.25;
  const std::string pattern(reinterpret_cast<const char*>(&value), sizeof value);
  const std::size_t at = bytes.find(pattern);
  ASSERT_NE(at, std::string::npos);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  const std::string changed = folder / fmt::format("changed{}.h5", world().rank());
  put(changed, bytes);
  const H5File file(changed);
  expect_error(ExitCode::kBadData, "/group/values", [&] { (void)file.verify(); });
  std::vector<double> one(1);
  expect_error(ExitCode::kBadData, "/group/values",
               [&] { file.read<double>("/group/values", 30'000, one); });
  file.read<double>("/group/values", 1000, one);  // elsewhere it is whole
  EXPECT_EQ(one[0], 1000.25);
}

// More columns in turn than blocks are kept, and reads that begin and end anywhere.
TEST(Sealed, ReadsAnywhere) {
  const SharedFolder folder;
  create(folder / "a.h5", 1000);
  const H5File file(folder / "a.h5");
  const std::vector<double> all = values();
  std::uint64_t at = 1;
  for (std::size_t i = 0; i < 300; ++i) {
    at = at * 7919 % kRows;
    std::vector<double> some(std::min<std::uint64_t>(1 + i * 97, kRows - at));
    file.read<double>("/group/values", at, some);
    ASSERT_TRUE(std::ranges::equal(some, std::span(all).subspan(at, some.size())));
  }
}

TEST(Sealed, LayoutOfHugeFilesIs64Bit) {
  const SealLayout layout{std::uint64_t{1} << 50};
  EXPECT_EQ(layout.blocks(), std::uint64_t{1} << 34);
  EXPECT_EQ(layout.pages(), std::uint64_t{1} << 20);
  EXPECT_EQ(layout.sum_offset(layout.blocks()) - layout.content_end, std::uint64_t{1} << 36);
}

}  // namespace
}  // namespace tessera::io
