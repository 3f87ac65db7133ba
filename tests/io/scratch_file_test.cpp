#include "tessera/io/scratch_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "support/world.hpp"

namespace tessera {
namespace {

using io::ScratchFile;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(ScratchFile, GivesBackWhatItTook) {
  const test::SharedFolder folder;
  ScratchFile file(folder / "");
  EXPECT_TRUE(std::filesystem::is_empty(folder / "")) << "it has no name";
  EXPECT_EQ(file.append(bytes_of("first")), 0U);
  EXPECT_EQ(file.append(bytes_of("second")), 5U);
  EXPECT_EQ(file.size(), 11U);
  std::string back(6, '?');
  file.read(5, std::as_writable_bytes(std::span(back.data(), back.size())));
  EXPECT_EQ(back, "second");
}

TEST(ScratchFile, SaysWhatIsNotThere) {
  test::expect_error(ExitCode::kCannotCreate, "a scratch file in /no/folder",
                     [] { const ScratchFile file("/no/folder"); });
  const test::SharedFolder folder;
  const ScratchFile file(folder / "");
  std::vector<std::byte> out(1);
  test::expect_error(ExitCode::kIo, "it ends there", [&] { file.read(0, out); });
}

}  // namespace
}  // namespace tessera
