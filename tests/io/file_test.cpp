#include "tessera/io/file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"

namespace tessera::io {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::SharedFolder;
using test::world;

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::size_t entries(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(InputFile, ReadsAtAnyOffsetAndStopsAtTheEnd) {
  const SharedFolder folder;
  const std::string path = folder / fmt::format("in{}", world().rank());
  std::ofstream(path) << "0123456789";
  const InputFile file(path);
  EXPECT_EQ(file.size(), 10U);
  std::string out(4, ' ');
  EXPECT_EQ(file.read_at(3, out), 4U);
  EXPECT_EQ(out, "3456");
  EXPECT_EQ(file.read_at(8, out), 2U);
  EXPECT_EQ(out.substr(0, 2), "89");
  EXPECT_EQ(file.read_at(100, out), 0U);
}

TEST(InputFile, DoesNotTakeACutFileForItsEnd) {
  const SharedFolder folder;
  const std::string path = folder / fmt::format("in{}", world().rank());
  std::ofstream(path) << "0123456789";
  const InputFile file(path);
  fs::resize_file(path, 5);
  std::string out(4, ' ');
  EXPECT_EQ(file.read_at(0, out), 4U);
  EXPECT_EQ(file.read_at(10, out), 0U);
  expect_error(ExitCode::kIo, "became shorter while it was read: it ends at byte 5 of 10",
               [&] { (void)file.read_at(3, out); });
  expect_error(ExitCode::kIo, "ends at byte 7 of 10", [&] { (void)file.read_at(7, out); });
  expect_error(ExitCode::kIo, "became shorter", [&] { (void)open_stream(file); });
}

TEST(InputFile, SeesThatAFileHasChanged) {
  const SharedFolder folder;
  const std::string path = folder / fmt::format("in{}", world().rank());
  const auto write = [&](const std::string& text) {
    std::ofstream(path, std::ios::in | std::ios::out) << text;
  };
  std::ofstream(path) << "0123456789";
  const InputFile file(path);
  file.check_unchanged();

  fs::resize_file(path, 5);
  expect_error(ExitCode::kIo, "changed while it was read, from 10 bytes to 5",
               [&] { file.check_unchanged(); });
  write("0123456789");
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::milliseconds(1));
  expect_error(ExitCode::kIo, "it was modified at 2", [&] { file.check_unchanged(); });

  const InputFile again(path);
  std::ofstream(path + ".new") << "another";
  fs::rename(path + ".new", path);
  again.check_unchanged();  // it reads on what it opened
  fs::remove(path);
  again.check_unchanged();
}

TEST(InputFile, SaysWhyAFileCannotBeRead) {
  const SharedFolder folder;
  expect_error(ExitCode::kNoInput, "does not exist", [&] { InputFile(folder / "none"); });
  expect_error(ExitCode::kNoInput, "does not exist", [&] { InputFile(folder / "no/file"); });
  expect_error(ExitCode::kNoInput, "is a folder", [&] { InputFile(folder / "."); });
  expect_error(ExitCode::kNoInput, "not a regular file", [&] { InputFile("/dev/null"); });
}

TEST(OutputFile, AppearsWholeAtCommit) {
  const SharedFolder folder;
  const std::string path = folder / "out";
  const std::string mine(1000, static_cast<char>('a' + world().rank()));
  {
    OutputFile file(world(), path);
    file.reserve(1000 * static_cast<std::uint64_t>(world().size()));
    file.write_at(1000 * static_cast<std::uint64_t>(world().rank()), mine);
    world().barrier();
    EXPECT_FALSE(fs::exists(path));
    world().barrier();
    file.commit();
  }
  std::string expected;
  for (int r = 0; r < world().size(); ++r) {
    expected += std::string(1000, static_cast<char>('a' + r));
  }
  EXPECT_EQ(content(path), expected);
  EXPECT_EQ(entries(folder / "."), 1U);
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(OutputFile, LeavesNothingBehindWithoutCommit) {
  const SharedFolder folder;
  {
    const OutputFile file(world(), folder / "out");
    file.write_at(0, "text");
    world().barrier();
  }
  world().barrier();
  EXPECT_EQ(entries(folder / "."), 0U);
}

TEST(OutputFile, ReplacesAnOldFileOnlyAtCommit) {
  const SharedFolder folder;
  const std::string path = folder / "out";
  if (world().is_root()) {
    std::ofstream(path) << "old";
  }
  world().barrier();
  {
    const OutputFile file(world(), path);
    file.write_at(0, "new");
  }
  world().barrier();
  EXPECT_EQ(content(path), "old");
  OutputFile file(world(), path);
  file.write_at(0, "new");
  file.commit();
  EXPECT_EQ(content(path), "new");
}

TEST(OutputFile, FollowsASymbolicLink) {
  const SharedFolder folder;
  if (world().is_root()) {
    std::ofstream(folder / "target") << "old";
    fs::create_symlink("target", folder / "link");
  }
  world().barrier();
  OutputFile file(world(), folder / "link");
  file.write_at(0, "new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(content(folder / "target"), "new");
}

TEST(OutputFile, SaysWhyAFileCannotBeCreated) {
  const SharedFolder folder;
  const auto create = [](const std::string& path) { OutputFile(world(), path); };
  expect_error(ExitCode::kCannotCreate, "does not exist", [&] { create(folder / "no/out"); });
  expect_error(ExitCode::kCannotCreate, "is a folder", [&] { create(folder / "."); });
  expect_error(ExitCode::kCannotCreate, "is a folder", [&] { create(folder / "new/"); });
  expect_error(ExitCode::kCannotCreate, "not a file", [&] { create("/dev/null"); });
  expect_error(ExitCode::kCannotCreate, "", [&] { create("/proc/out"); });
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

// A limit on file sizes stands in for a full disk: both make a write fall short and then fail.
TEST(OutputFile, ReportsAWriteThatFails) {
  const SharedFolder folder;
  OutputFile file(world(), folder / "out");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{4096, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  expect_error(ExitCode::kIo, "cannot write", [&] { file.write_at(0, std::string(10000, 'x')); });
  expect_error(ExitCode::kIo, "cannot write", [&] { file.reserve(1 << 20); });
  setrlimit(RLIMIT_FSIZE, &old);
}

TEST(OrderedTextFile, KeepsBlockOrderWhateverTheRanks) {
  const SharedFolder folder;
  constexpr int kBlocks = 17;
  OrderedTextFile file(world(), folder / "out");
  std::string expected;
  for (int block = 0; block < kBlocks; ++block) {
    expected += fmt::format("block {}\n", block);
  }
  const int rounds = (kBlocks + world().size() - 1) / world().size();
  for (int round = 0; round < rounds; ++round) {
    const int block = round * world().size() + world().rank();
    file.append(block < kBlocks ? fmt::format("block {}\n", block) : "");
  }
  EXPECT_EQ(file.bytes(), expected.size());
  file.commit();
  EXPECT_EQ(content(folder / "out"), expected);
}

}  // namespace
}  // namespace tessera::io
