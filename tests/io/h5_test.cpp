#include "tessera/io/h5.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "support/write_h5.hpp"

#include "tessera/io/h5_output.hpp"

namespace tessera::io {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::world;
using test::write_h5;

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every rank has a file of its own here: H5File and H5Creator are not collective.
std::string own(const SharedFolder& folder, const std::string& name) {
  return folder / fmt::format("{}.{}", name, world().rank());
}

void create_example(const std::string& path) {
  write_h5(path, [](H5Creator& creator) {
    creator.group("/z");
    creator.group("/a");
    creator.write<double>("/z/real", std::vector<double>{1.5, -2, 0.25, 8}, {2, 2});
    creator.write<std::int64_t>("/z/big", std::vector<std::int64_t>{INT64_MIN, 0, INT64_MAX});
    creator.write<std::int32_t>("/z/codes", std::vector<std::int32_t>{-1, 7});
    creator.write<float>("/z/none", std::vector<float>{});
    creator.write_text("/a/text", std::vector<std::string>{"", "Zürich", "b"});
    creator.attribute("/", "kind", std::string("example"));
    creator.attribute("/", "empty", std::string());
    creator.attribute("/z", "count", std::int64_t{1} << 60);
    creator.attribute("/z/real", "half", 0.5);
  });
}

TEST(H5, ReadsWhatItWrote) {
  const SharedFolder folder;
  create_example(own(folder, "a"));
  const H5File file(own(folder, "a"));
  EXPECT_TRUE(file.has_group("/z"));
  EXPECT_FALSE(file.has_group("/z/real"));
  EXPECT_TRUE(file.has_dataset("/z/real"));
  EXPECT_FALSE(file.has_dataset("/no/where"));
  EXPECT_EQ(file.groups("/"), (std::vector<std::string>{"z", "a"}));

  const std::vector<H5Dataset> datasets = file.datasets("/z");
  ASSERT_EQ(datasets.size(), 4U);
  EXPECT_EQ(datasets[0].name, "real");
  EXPECT_EQ(datasets[0].shape, (std::vector<std::uint64_t>{2, 2}));
  EXPECT_EQ(datasets[0].element_bytes, 8U);
  EXPECT_EQ(datasets[1].kind, H5Kind::kInteger);
  EXPECT_EQ(file.dataset("/a/text").kind, H5Kind::kText);

  EXPECT_EQ(file.read_all<double>("/z/real"), (std::vector<double>{1.5, -2, 0.25, 8}));
  EXPECT_EQ(file.read_all<std::int64_t>("/z/big"),
            (std::vector<std::int64_t>{INT64_MIN, 0, INT64_MAX}));
  std::vector<double> column(2);
  const std::size_t second = 1;
  const std::span<double> into(column);
  file.read_matrix_columns("/z/real", std::span(&second, 1), 0, std::span(&into, 1));
  EXPECT_EQ(column, (std::vector<double>{-2, 8}));
  std::vector<std::int32_t> last(1);
  file.read<std::int32_t>("/z/codes", 1, last);
  EXPECT_EQ(last[0], 7);
  EXPECT_EQ(file.read_text("/a/text", 0, 3), (std::vector<std::string>{"", "Zürich", "b"}));
  EXPECT_EQ(file.read_text("/a/text", 2, 1), std::vector<std::string>{"b"});

  EXPECT_EQ(file.text_attribute("/", "kind"), "example");
  EXPECT_EQ(file.text_attribute("/", "empty"), "");
  EXPECT_EQ(file.text_attribute("/", "none"), std::nullopt);
  EXPECT_EQ(file.text_attribute("/z", "count"), std::nullopt);
  EXPECT_EQ(file.integer_attribute("/z", "count"), std::int64_t{1} << 60);
  EXPECT_EQ(file.real_attribute("/z/real", "half"), 0.5);
}

// Longer than what is read at once, and not a multiple of it.
TEST(H5, ConvertsManyElements) {
  constexpr std::size_t kRows = 100'003;
  constexpr std::size_t kWidth = 3;
  const SharedFolder folder;
  std::vector<std::int32_t> codes(kRows);
  std::vector<float> matrix(kRows * kWidth);
  for (std::size_t i = 0; i < kRows; ++i) {
    codes[i] = static_cast<std::int32_t>(i) - 50'000;
    for (std::size_t c = 0; c < kWidth; ++c) {
      matrix[i * kWidth + c] = static_cast<float>(i) / 8 + static_cast<float>(c);
    }
  }
  write_h5(own(folder, "a"), [&](H5Creator& creator) {
    creator.write<std::int32_t>("codes", codes);
    creator.write<float>("matrix", matrix, {kRows, kWidth});
  });

  const H5File file(own(folder, "a"));
  std::vector<double> reals(kRows - 5);
  file.read<double>("codes", 5, reals);
  std::vector<std::int64_t> integers(kRows);
  file.read<std::int64_t>("codes", 0, integers);
  std::vector<std::uint16_t> clamped(kRows);
  file.read<std::uint16_t>("codes", 0, clamped);
  std::vector<double> last(kRows - 7);
  std::vector<double> first(kRows - 7);
  const std::array<std::size_t, 2> columns{2, 0};
  file.read_matrix_columns("matrix", columns, 7,
                           std::array{std::span<double>(last), std::span<double>(first)});
  for (std::size_t i = 0; i < kRows; ++i) {
    ASSERT_EQ(integers[i], codes[i]);
    ASSERT_EQ(clamped[i], std::clamp(codes[i], 0, 65535));
    if (i >= 5) {
      ASSERT_EQ(reals[i - 5], codes[i]);
    }
    if (i >= 7) {
      ASSERT_EQ(first[i - 7], matrix[i * kWidth]);
      ASSERT_EQ(last[i - 7], matrix[i * kWidth + 2]);
    }
  }
}

TEST(H5, BytesDependOnTheContentAlone) {
  const SharedFolder folder;
  create_example(own(folder, "a"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a time stamp would differ
  create_example(own(folder, "b"));
  EXPECT_EQ(bytes_of(own(folder, "a")), bytes_of(own(folder, "b")));
}

TEST(H5, AllRanksFillReservedSpace) {
  const SharedFolder folder;
  const auto ranks = static_cast<std::uint64_t>(world().size());
  H5Output out(world(), folder / "filled.h5");
  std::uint64_t offset = 0;
  out.lay_out([&](H5Creator& creator) {
    offset = creator.reserve("/values", H5Type::kInt16, ranks);
    EXPECT_EQ(creator.reserve("/none", H5Type::kFloat64, 0), 0U);
  });
  world().broadcast(std::span(&offset, 1), 0);
  const auto mine = static_cast<std::int16_t>(world().rank() - 300);
  out.write_at(offset + 2 * static_cast<std::uint64_t>(world().rank()),
               std::as_bytes(std::span(&mine, 1)));
  out.commit();
  const std::vector<std::int32_t> values =
      H5File(folder / "filled.h5").read_all<std::int32_t>("/values");
  ASSERT_EQ(values.size(), ranks);
  for (std::size_t r = 0; r < ranks; ++r) {
    EXPECT_EQ(values[r], static_cast<std::int32_t>(r) - 300);
  }
}

TEST(H5, SaysWhyAFileCannotBeOpened) {
  const SharedFolder folder;
  expect_error(ExitCode::kNoInput, "does not exist", [&] { H5File(folder / "none.h5"); });
  expect_error(ExitCode::kNoInput, "is a folder", [&] { H5File(folder / "."); });
  const std::string text = own(folder, "text.h5");
  std::ofstream(text) << "a,b\n1,2\n";
  expect_error(ExitCode::kBadData, "is not an HDF5 file", [&] { H5File{text}; });
  const std::string empty = own(folder, "empty.h5");
  std::ofstream{empty};
  expect_error(ExitCode::kBadData, "is empty", [&] { H5File{empty}; });
}

// Every length short of the whole is refused, and none of them crashes the library.
TEST(H5, RefusesTruncatedFiles) {
  const SharedFolder folder;
  const std::string path = own(folder, "whole.h5");
  create_example(path);
  const std::string whole = bytes_of(path);
  const std::string cut = own(folder, "cut.h5");
  for (std::size_t size = 1; size < whole.size(); size += 97) {
    std::ofstream(cut, std::ios::binary) << whole.substr(0, size);
    expect_error(ExitCode::kBadData, cut, [&] { H5File{cut}; });
  }
  expect_error(ExitCode::kBadData, "truncated", [&] { H5File{cut}; });
}

TEST(H5, RefusesWhatADatasetDoesNotHold) {
  const SharedFolder folder;
  create_example(own(folder, "a"));
  const H5File file(own(folder, "a"));
  std::vector<double> out(3);
  expect_error(ExitCode::kBadData, "/missing", [&] { file.read<double>("/missing", 0, out); });
  expect_error(ExitCode::kBadData, "rows 1 to 3", [&] { file.read<double>("/z/codes", 0, out); });
  expect_error(ExitCode::kBadData, "text", [&] { (void)file.read_text("/z/codes", 0, 1); });
  expect_error(ExitCode::kBadData, "/a/text", [&] { file.read<double>("/a/text", 0, out); });
  expect_error(ExitCode::kBadData, "no group", [&] { (void)file.datasets("/missing"); });
}

TEST(H5, ReportsAWriteThatFails) {
  const SharedFolder folder;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{4096, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  expect_error(ExitCode::kIo, "cannot write " + (folder / "full.h5"), [&] {
    H5Output out(world(), folder / "full.h5");
    out.lay_out([](H5Creator& creator) {
      creator.write<double>("/values", std::vector<double>(10000, 1.0));
    });
  });
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_FALSE(std::filesystem::exists(folder / "full.h5"));
}

}  // namespace
}  // namespace tessera::io
