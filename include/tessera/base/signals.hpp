/// \file
/// What is still to be done when a signal ends the process.
#pragma once

namespace tessera {

/// Called within a signal handler: it may use async-signal-safe functions alone, and atomics
/// without locks.
using EndingHook = void (*)(int signal);

/// From now on `hook` is called when SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGSEGV, SIGBUS, SIGFPE,
/// SIGILL or SIGABRT end the process, before the hooks that were named earlier; the process then
/// ends by that signal. Signals that are ignored (nohup) or handled by others at the first call
/// stay as they are. Of more than four hooks the others are not called.
void call_before_ending(EndingHook hook);

}  // namespace tessera
