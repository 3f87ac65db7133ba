#include "fuzz/support/fuzz.hpp"

#include <unistd.h>

#include <filesystem>

namespace tessera::fuzz {

const std::string& scratch_folder() {
  struct Folder {
    Folder() {
      const std::filesystem::path memory = "/dev/shm";
      const auto parent =
          std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
      path = (parent / ("tessera-fuzz-" + std::to_string(getpid()))).string();
      std::filesystem::create_directories(path);
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path;
  };
  static const Folder kFolder;
  return kFolder.path;
}

}  // namespace tessera::fuzz
