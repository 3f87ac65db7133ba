#include "tessera/io/same_file.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"

namespace tessera::io {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::SharedFolder;
using test::world;

constexpr std::size_t kLong = 100'000;

/// A file of this rank's own, as if the folder were on its node alone.
class OwnFile {
 public:
  explicit OwnFile(const std::string& text) : path_(folder_ / fmt::format("in{}", world().rank())) {
    std::ofstream(path_) << text;
    using namespace std::chrono_literals;
    fs::last_write_time(path_, fs::file_time_type::clock::now() - 1h);  // at no end of a second
    fs::last_write_time(path_, std::chrono::floor<std::chrono::hours>(fs::last_write_time(path_)));
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  void add_to_time(std::chrono::milliseconds time) const {
    fs::last_write_time(path_, fs::last_write_time(path_) + time);
  }

 private:
  SharedFolder folder_;
  std::string path_;
};

bool is_last() { return world().rank() == world().size() - 1; }

// Alone, a rank has nobody to differ from.
void expect_difference(const std::string& part, const std::string& path) {
  if (world().size() == 1) {
    (void)open_on_all(world(), path);
    return;
  }
  expect_error(ExitCode::kNoInput, part, [&] { (void)open_on_all(world(), path); });
  expect_error(ExitCode::kNoInput, "on " + comm::host_name(),
               [&] { (void)open_on_all(world(), path); });
}

TEST(OpenOnAll, TakesCopies) {
  const OwnFile file(std::string(kLong, 'x'));
  file.add_to_time(std::chrono::milliseconds(world().rank()));  // copied with whole seconds
  EXPECT_EQ(open_on_all(world(), file.path()).size(), kLong);
}

TEST(OpenOnAll, TakesEmptyFiles) {
  const OwnFile file("");
  EXPECT_EQ(open_on_all(world(), file.path()).size(), 0U);
}

TEST(OpenOnAll, RefusesAnotherSize) {
  const OwnFile file(std::string(is_last() ? 1'234 : kLong, 'x'));
  expect_difference("with 1,234 bytes, rank 0", file.path());
}

TEST(OpenOnAll, RefusesOtherBytes) {
  for (const std::size_t at : {std::size_t{0}, kLong / 7 * 3 + 100, kLong - 1}) {
    std::string text(kLong, 'x');
    text[at] = is_last() ? 'y' : 'x';
    expect_difference("sees other bytes", OwnFile(text).path());
  }
  for (const std::size_t at : {0U, 5'000U, 19'999U}) {  // all of a small one
    std::string text(20'000, 'x');
    text[at] = is_last() ? 'y' : 'x';
    expect_difference("sees other bytes", OwnFile(text).path());
  }
}

TEST(OpenOnAll, RefusesAnotherTime) {
  const OwnFile file("text");
  file.add_to_time(std::chrono::seconds(is_last() ? 2 : 0));
  expect_difference(":00:02.000000 UTC, rank 0", file.path());
}

TEST(OpenOnAll, SaysWhoLacksTheFile) {
  const OwnFile file("text");
  const std::string none = file.path() + ".none";
  expect_error(ExitCode::kNoInput, ".none does not exist",
               [&] { (void)open_on_all(world(), none); });
  if (world().size() > 1) {
    expect_error(ExitCode::kNoInput, ".none does not exist), which rank",
                 [&] { (void)open_on_all(world(), world().is_root() ? none : file.path()); });
    expect_error(ExitCode::kNoInput, fmt::format("rank {} on", world().size() - 1),
                 [&] { (void)open_on_all(world(), is_last() ? none : file.path()); });
    expect_error(ExitCode::kNoInput, "rank 0 on",
                 [&] { (void)open_on_all(world(), world().is_root() ? none : file.path()); });
  }
}

TEST(RequireSame, NamesTheRankThatDiffers) {
  require_same(world(), "t.h5", "3 rows", "3 rows of all");
  if (world().size() > 1) {
    const std::string own = is_last() ? "4 rows" : "3 rows";
    expect_error(ExitCode::kNoInput,
                 fmt::format("rank {} on {} sees 4 rows in t.h5, rank 0 on {} sees 3 rows;",
                             world().size() - 1, comm::host_name(), comm::host_name()),
                 [&] { require_same(world(), "t.h5", own, own); });
  }
}

}  // namespace
}  // namespace tessera::io
