/// \file
/// How far long work is: one shape for all layers.
#pragma once

#include <cstdint>
#include <string_view>

namespace tessera {

/// Long work calls step() now and then, on every rank. Whoever wants to know derives from it; this
/// class itself listens to nothing (see no_progress()).
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  /// `done` of `total` of the work called `name` is done, of which the first call tells its start
  /// and one with `done` = `total` its end. Cheap enough for every batch of rows. Not collective:
  /// ranks may call it at different times, and inside Communicator::together.
  virtual void step(std::string_view name, std::uint64_t done, std::uint64_t total) {
    (void)name;
    (void)done;
    (void)total;
  }
};

/// For callers who do not want to know.
[[nodiscard]] inline Progress& no_progress() {
  static Progress nothing;
  return nothing;
}

}  // namespace tessera
