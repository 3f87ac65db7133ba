// What tests share: the ranks they run on, and a folder that all ranks see and that is removed.
#pragma once

#include <filesystem>
#include <random>
#include <string>

#include "tessera/comm/communicator.hpp"

namespace tessera::test {

/// The ranks of this run: one without mpirun.
const comm::Communicator& world();

/// Collective: a fresh folder, the same for all ranks, removed with everything in it at the end.
class SharedFolder {
 public:
  SharedFolder() {
    std::string path;
    if (world().is_root()) {
      std::random_device random;
      path = (std::filesystem::temp_directory_path() / ("tessera-test-" + std::to_string(random())))
                 .string();
      std::filesystem::create_directories(path);
    }
    path_ = world().broadcast(path, 0);
  }
  SharedFolder(const SharedFolder&) = delete;
  SharedFolder& operator=(const SharedFolder&) = delete;
  ~SharedFolder() {
    world().barrier();
    if (world().is_root()) {
      std::error_code ignored;
      std::filesystem::remove_all(path_, ignored);
    }
  }

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace tessera::test
