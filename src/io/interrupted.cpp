#include "io/interrupted.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <cstring>
#include <mutex>

#include "tessera/base/signals.hpp"

namespace tessera::io {
namespace {

// A signal handler may neither allocate nor lock: a fixed place per file, with a flag that is set
// once the path beside it is whole. Ranks that are threads name the same file each.
struct Slot {
  std::atomic<bool> used = false;
  std::size_t named = 0;  // how many times
  std::array<char, PATH_MAX> path{};
};
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr std::size_t kSlots = 8;
std::array<Slot, kSlots> slots;
std::mutex slots_in_change;  // not for the handler

Slot* find_slot(const std::string& path) {
  const auto found = std::ranges::find_if(
      slots, [&](const Slot& slot) { return slot.used && path == slot.path.data(); });
  return found == slots.end() ? nullptr : found;
}

// Not by system.hpp, which may allocate to make a call fail.
void unlink_all(int) {
  for (Slot& slot : slots) {
    if (slot.used) {
      unlink(slot.path.data());
    }
  }
}

}  // namespace

void unlink_if_interrupted(const std::string& path) {
  const std::scoped_lock lock(slots_in_change);
  static const bool kInstalled = (call_before_ending(unlink_all), true);
  static_cast<void>(kInstalled);
  Slot* const slot = find_slot(path);
  if (slot != nullptr) {
    ++slot->named;
    return;
  }
  for (Slot& free : slots) {
    if (!free.used && path.size() < free.path.size()) {
      std::memcpy(free.path.data(), path.c_str(), path.size() + 1);
      free.named = 1;
      free.used = true;
      return;
    }
  }
}

void keep_if_interrupted(const std::string& path) {
  const std::scoped_lock lock(slots_in_change);
  Slot* const slot = find_slot(path);
  if (slot != nullptr && --slot->named == 0) {
    slot->used = false;
  }
}

}  // namespace tessera::io
