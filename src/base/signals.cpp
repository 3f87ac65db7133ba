#include "tessera/base/signals.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <mutex>

namespace tessera {
namespace {

constexpr std::size_t kMostHooks = 4;
std::array<std::atomic<EndingHook>, kMostHooks> hooks{};
static_assert(std::atomic<EndingHook>::is_always_lock_free);
std::mutex hooks_in_change;  // not for the handler

// For a handler where the stack has overflowed.
alignas(16) std::array<char, std::size_t{64} << 10U> spare_stack;

extern "C" void call_hooks_and_end(int signal) {
  for (std::size_t i = kMostHooks; i-- > 0;) {
    if (const EndingHook hook = hooks[i]) {
      hook(signal);
    }
  }
  // SA_RESETHAND has restored the default, which takes effect when this handler returns
  raise(signal);
}

void install_handlers() {
  stack_t stack{};
  stack.ss_sp = spare_stack.data();
  stack.ss_size = spare_stack.size();
  stack_t present_stack{};
  if (sigaltstack(nullptr, &present_stack) == 0 && (present_stack.ss_flags & SS_DISABLE) != 0) {
    sigaltstack(&stack, nullptr);
  }
  for (const int signal :
       {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    struct sigaction present {};
    if (sigaction(signal, nullptr, &present) == 0 && (present.sa_flags & SA_SIGINFO) == 0 &&
        present.sa_handler == SIG_DFL) {
      struct sigaction ours {};
      ours.sa_handler = call_hooks_and_end;
      ours.sa_flags = static_cast<int>(SA_RESETHAND | static_cast<unsigned>(SA_ONSTACK));
      sigemptyset(&ours.sa_mask);
      sigaction(signal, &ours, nullptr);
    }
  }
}

}  // namespace

void call_before_ending(EndingHook hook) {
  const std::scoped_lock lock(hooks_in_change);
  static const bool kInstalled = (install_handlers(), true);
  static_cast<void>(kInstalled);
  for (std::atomic<EndingHook>& place : hooks) {
    if (place == nullptr) {
      place = hook;
      return;
    }
  }
}

}  // namespace tessera
