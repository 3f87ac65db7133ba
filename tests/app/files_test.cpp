#include "app/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"

namespace tessera::app {
namespace {

TEST(IsSameFile, KnowsAFileByItsPlace) {
  const test::SharedFolder folder;
  const std::string file = folder / "a.h5";
  EXPECT_TRUE(is_same_file(file, folder / "./a.h5")) << "it is not there yet";
  std::ofstream(file) << "a";
  std::ofstream(folder / "b.h5") << "a";
  std::filesystem::create_symlink("a.h5", folder / "link.h5");
  EXPECT_TRUE(is_same_file(file, folder / "link.h5"));
  EXPECT_TRUE(is_same_file(file + ":/table", file));
  EXPECT_FALSE(is_same_file(file, folder / "b.h5"));
  EXPECT_FALSE(is_same_file(file, folder / "c.h5"));
  test::expect_error(ExitCode::kUsage, "output " + file + " is the input itself",
                     [&] { refuse_same_file(file, file); });
  test::expect_error(ExitCode::kUsage, "output " + file + " is the model itself",
                     [&] { refuse_same_file(file, file, "output", "model"); });
}

TEST(FileBytes, AreLookedUpByTheRoot) {
  const test::SharedFolder folder;
  std::ofstream(folder / "a") << "four";
  EXPECT_EQ(file_bytes(test::world(), folder / "a"), 4U);
  test::expect_error(ExitCode::kIo, "cannot be looked at",
                     [&] { (void)file_bytes(test::world(), folder / "b"); });
}

}  // namespace
}  // namespace tessera::app
