#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

TEST(IsSameFile, KnowsAFileByItsPlace) {
  const test::SharedFolder folder;
  const std::string file = folder / "a.h5";
  EXPECT_TRUE(is_same_file(file, folder / "./a.h5")) << "it is not there yet";
  std::ofstream(file) << "a";
  std::ofstream(folder / "b.h5") << "a";
  std::filesystem::create_symlink("a.h5", folder / "link.h5");
  EXPECT_TRUE(is_same_file(file, folder / "link.h5"));
  std::filesystem::create_hard_link(file, folder / "hard.h5");
  EXPECT_TRUE(is_same_file(file, folder / "hard.h5"));
  std::filesystem::create_symlink("later.h5", folder / "early.h5");
  EXPECT_TRUE(is_same_file(folder / "later.h5", folder / "early.h5")) << "it is not there yet";
  EXPECT_TRUE(is_same_file(file + ":/table", file));
  EXPECT_FALSE(is_same_file(file, folder / "b.h5"));
  EXPECT_FALSE(is_same_file(file, folder / "c.h5"));
  test::expect_error(ExitCode::kUsage, "output " + file + " is the input itself",
                     [&] { refuse_same_file(file, file); });
  test::expect_error(ExitCode::kUsage, "output " + file + " is the model itself",
                     [&] { refuse_same_file(file, file, "output", "model"); });
}

}  // namespace
}  // namespace tessera::table
