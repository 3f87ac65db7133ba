#include "io/interrupted.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>

namespace tessera::io {
namespace {

// A signal handler may neither allocate nor lock: a fixed place per file, with a flag that is set
// once the path beside it is whole.
struct Slot {
  std::atomic<bool> used = false;
  std::array<char, PATH_MAX> path{};
};
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr std::size_t kSlots = 8;
std::array<Slot, kSlots> slots;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void unlink_and_end(int signal) {
  for (Slot& slot : slots) {
    if (slot.used) {
      unlink(slot.path.data());
    }
  }
  // SA_RESETHAND has restored the default, which takes effect when this handler returns
  raise(signal);
}

// What a launcher has set to be ignored (nohup), or someone else handles, stays as it is.
void install_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
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
  static const bool installed = (install_handlers(), true);
  static_cast<void>(installed);
  for (Slot& slot : slots) {
    if (!slot.used && path.size() < slot.path.size()) {
      std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
      slot.used = true;
      return;
    }
  }
}

void keep_if_interrupted(const std::string& path) {
  for (Slot& slot : slots) {
    if (slot.used && path == slot.path.data()) {
      slot.used = false;
      return;
    }
  }
}

}  // namespace tessera::io
