// Groups that do not fit into memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rfm/groups.hpp"
#include "tessera/io/scratch_file.hpp"

namespace tessera::rfm {

/// What one rank owns, put into a file by parts of the hashes, so that later each part can be taken
/// together by itself. What is read is compared with a hash of what was written (XXH3).
class Spill {
 public:
  /// `ranks`: of the job, which part hashes among them. The file is made when it is needed.
  Spill(std::string folder, const Held& held, std::size_t ranks)
      : folder_(std::move(folder)), held_(held), ranks_(ranks), blocks_(kParts) {}

  /// A part is expected to have this share of the customers.
  static constexpr std::size_t kParts = 64;

  /// Writes `groups` and empties them.
  void put(Groups& groups);
  [[nodiscard]] bool is_empty() const { return !file_.has_value(); }
  /// All of a part, bills counted once.
  [[nodiscard]] Groups part(std::size_t part) const;
  [[nodiscard]] std::uint64_t bytes() const { return file_ ? file_->size() : 0; }

 private:
  /// Where some groups of a part stand, one vector after the other.
  struct Block {
    std::uint64_t offset = 0;
    std::uint64_t hash = 0;
    std::uint64_t groups = 0;
    std::uint64_t text_bytes = 0;
    std::uint64_t bills = 0;
  };

  [[nodiscard]] Parts read(const Block& block) const;

  std::string folder_;
  Held held_;
  std::size_t ranks_;
  std::optional<io::ScratchFile> file_;
  std::vector<std::vector<Block>> blocks_;  // of each part
};

}  // namespace tessera::rfm
