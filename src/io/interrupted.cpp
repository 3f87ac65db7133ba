#include "io/interrupted.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>
#include <mutex>

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
extern "C" void unlink_and_end(int signal) {
  for (Slot& slot : slots) {
    if (slot.used) {
      ::unlink(slot.path.data());
    }
  }
  // SA_RESETHAND has restored the default, which takes effect when this handler returns
  raise(signal);
}

// What a launcher has set to be ignored (nohup), or someone else handles, stays as it is.
void install_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGXCPU}) {
    struct sigaction present {};
    if (sigaction(signal, nullptr, &present) == 0 && (present.sa_flags & SA_SIGINFO) == 0 &&
        present.sa_handler == SIG_DFL) {
      struct sigaction ours {};
      ours.sa_handler = unlink_and_end;
      ours.sa_flags = static_cast<int>(SA_RESETHAND);
      sigemptyset(&ours.sa_mask);
      sigaction(signal, &ours, nullptr);
    }
  }
}

}  // namespace

void unlink_if_interrupted(const std::string& path) {
  const std::scoped_lock lock(slots_in_change);
  static const bool kInstalled = (install_handlers(), true);
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
