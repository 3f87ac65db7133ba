/// \file
/// System calls that fail on purpose, for tests. Private to src/io.
///
/// The environment variable TESSERA_FAULT says which; without it nothing here has an effect. It is
/// `CALL:N:WHAT[:RANK]`, as in `pread:17:EIO` or `any:3+:ENOSPC:2`:
///  - CALL: open, stat, read, pread, pwrite, truncate, allocate, fsync, rename or unlink (some
///  stand
///    for several functions, see system.hpp), or `any` of them;
///  - N: the number of the call, from 1 on, counted by each process for itself; with a `+` behind
///  it
///    those that follow too;
///  - WHAT: the name of an error (EIO, ENOSPC, EDQUOT, EACCES, EROFS, ENOENT, EINTR), with which it
///    fails; `short`: it reads or writes half; `end`: it reads nothing, as behind a file's end;
///    `kill`: the process ends by SIGKILL; `wait=FILE`: it creates FILE.here and goes on when there
///    is a FILE;
///  - RANK: on this one alone.
/// `count` makes each process print at its end how many calls of each kind it made.
#pragma once

#include <array>
#include <string_view>

namespace tessera::io::sys {

enum class Call {
  kOpen,
  kStat,
  kRead,
  kPread,
  kPwrite,
  kTruncate,
  kAllocate,
  kFsync,
  kRename,
  kUnlink,
};
inline constexpr std::array<std::string_view, 10> kCallNames = {
    "open", "stat", "read", "pread", "pwrite", "truncate", "allocate", "fsync", "rename", "unlink"};

/// What becomes of a call.
struct Fate {
  int error = 0;        ///< an errno that it fails with
  bool halved = false;  ///< it reads or writes half of what it was to
  bool at_end = false;  ///< it reads nothing
};

/// True if TESSERA_FAULT is set. Throws kUsage if it is not as it should be.
[[nodiscard]] bool faults_wanted();
/// Counts the call, and says what becomes of it; or waits, or ends the process.
[[nodiscard]] Fate next_fate(Call call);

}  // namespace tessera::io::sys
