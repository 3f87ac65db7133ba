#include "app/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"

namespace tessera::app {
namespace {

TEST(FileBytes, AreLookedUpByTheRoot) {
  const test::SharedFolder folder;
  std::ofstream(folder / "a") << "four";
  EXPECT_EQ(file_bytes(test::world(), folder / "a"), 4U);
  test::expect_error(ExitCode::kIo, "cannot be looked at",
                     [&] { (void)file_bytes(test::world(), folder / "b"); });
}

}  // namespace
}  // namespace tessera::app
