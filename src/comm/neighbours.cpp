#include "comm/neighbours.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "tessera/base/signals.hpp"

namespace tessera::comm {
namespace {

enum State : int { kUnknown, kRunning, kEnding };

struct Neighbour {
  std::atomic<int> state;
  std::atomic<int> process;
  std::atomic<int> rank;
};

/// Shared by the ranks of a node, and at first zeros.
struct Board {
  std::atomic<int> spoken;  // 1 once somebody has said why the job ends
};

static_assert(std::atomic<int>::is_always_lock_free);

// What the handler needs, which may neither allocate nor lock.
Board lone_board;
Neighbour lone_rank;
Board* board = &lone_board;
Neighbour* mine = &lone_rank;
std::span<Neighbour> all;
int ranks = 1;
long killed_at_start = 0;  // for want of memory, on this node
utsname host;

/// How many processes the system has killed for want of memory since it started.
long killed_for_memory() {
  constexpr std::string_view kCounter = "\noom_kill ";
  std::array<char, std::size_t{16} << 10U> text{};
  const int file = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  const ssize_t size = read(file, text.data(), text.size() - 1);
  close(file);
  const std::string_view all_counters(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::size_t at = all_counters.find(kCounter);
  return at == std::string_view::npos
             ? 0
             : std::strtol(text.data() + at + kCounter.size(), nullptr, 10);
}

template <typename... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  std::array<char, 1024> line{};
  const auto end =
      fmt::format_to_n(line.data(), line.size(), format, std::forward<Args>(args)...).out;
  static_cast<void>(
      !write(STDERR_FILENO, line.data(), static_cast<std::size_t>(end - line.data())));
}

bool is_first_to_speak() { return board->spoken.exchange(1) == 0; }

std::string_view name_of(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    default:
      return "SIGABRT";
  }
}

void miss(const Neighbour& gone) {
  if (!is_first_to_speak()) {
    return;
  }
  const std::string_view why =
      killed_for_memory() > killed_at_start
          ? "the system ran out of memory there; use more nodes, or fewer ranks per node"
          : "by hand, or at a limit of the batch system, whose report tells (sacct); ask for more "
            "memory or time then";
  say("tessera: error: rank {} of {} on {} (process {}) was killed (SIGKILL): {}. No output is "
      "half-written\n",
      gone.rank.load(), ranks, host.nodename, gone.process.load(), why);
}

void look_for_the_missing() {
  for (const Neighbour& other : all) {
    // whoever launched it has been told of its end before it ended the others, and so it is gone
    if (&other != mine && other.state == kRunning && kill(other.process, 0) != 0 &&
        errno == ESRCH) {
      miss(other);
      return;
    }
  }
}

void tell(int signal) {
  if (mine->state.exchange(kEnding) == kEnding) {
    return;
  }
  switch (signal) {
    case SIGTERM:
      look_for_the_missing();
      break;
    case SIGINT:
    case SIGHUP:
      break;
    case SIGXCPU:
      if (is_first_to_speak()) {
        say("tessera: error: rank {} of {} on {} has come to its limit on processor time (ulimit "
            "-t). No output is half-written\n",
            mine->rank.load(), ranks, host.nodename);
      }
      break;
    default:
      if (is_first_to_speak()) {
        say("tessera: error: rank {} of {} on {} has crashed ({}): please report it. No output is "
            "half-written\n",
            mine->rank.load(), ranks, host.nodename, name_of(signal));
      }
  }
}

/// Memory that the processes of a node share, by a descriptor of the first of them.
void* share_memory(MPI_Comm node, std::size_t size) {
  int rank = 0;
  MPI_Comm_rank(node, &rank);
  struct From {
    int process = getpid();
    int file = -1;
    dev_t device = 0;
    ino_t inode = 0;
  } from;
  int file = -1;
  if (rank == 0) {
    file = memfd_create("tessera", MFD_CLOEXEC);
    if (file >= 0 && ftruncate(file, static_cast<off_t>(size)) != 0) {
      close(file);
      file = -1;
    }
    struct stat status {};
    if (file >= 0 && fstat(file, &status) == 0) {
      from.file = file;
      from.device = status.st_dev;
      from.inode = status.st_ino;
    }
  }
  MPI_Bcast(&from, sizeof from, MPI_BYTE, 0, node);
  if (rank != 0 && from.file >= 0) {
    const std::string name = fmt::format("/proc/{}/fd/{}", from.process, from.file);
    struct stat status {};
    // in containers that number their processes apart, the name may be another file's
    if (stat(name.c_str(), &status) == 0 && status.st_dev == from.device &&
        status.st_ino == from.inode) {
      file = open(name.c_str(), O_RDWR | O_CLOEXEC);
    }
  }
  int all_have = file >= 0 && from.file >= 0 ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &all_have, 1, MPI_INT, MPI_MIN, node);
  void* memory = MAP_FAILED;
  if (all_have == 1) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  if (file >= 0) {
    close(file);
  }
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void tell_of_signals() {
  uname(&host);
  mine->state = kRunning;
  killed_at_start = killed_for_memory();
  call_before_ending(tell);
  std::atexit(take_leave);  // MPI may end a rank after an error of its own
}

void meet_neighbours(MPI_Comm world, MPI_Comm node) {
  int rank = 0;
  int rank_on_node = 0;
  int ranks_on_node = 1;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &ranks);
  MPI_Comm_rank(node, &rank_on_node);
  MPI_Comm_size(node, &ranks_on_node);
  mine->rank = rank;
  const auto count = static_cast<std::size_t>(ranks_on_node);
  void* const memory = share_memory(node, sizeof(Board) + count * sizeof(Neighbour));
  if (memory == nullptr) {
    return;
  }
  auto* const first = reinterpret_cast<Neighbour*>(static_cast<std::byte*>(memory) + sizeof(Board));
  Neighbour& me = first[rank_on_node];
  me.rank = rank;
  me.process = getpid();
  me.state = kRunning;
  all = {first, count};
  mine = &me;
  board = static_cast<Board*>(memory);
}

void take_leave() { mine->state = kEnding; }

}  // namespace tessera::comm
