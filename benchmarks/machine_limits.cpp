// What this machine can do at most: fused multiply-adds in registers, and reading from memory, by a
// number of processes at the same time.
//
// usage: machine_limits PROCESSES [WINDOWS]
// Prints {"processes", "fma_flops", "read_bytes"}, per second and summed over the processes, the
// best of WINDOWS time windows (default 10) of 0.1 s each: what others on the machine take away
// makes a window slower, and nothing makes it faster than the hardware.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

namespace {

#if defined(__AVX512F__)
constexpr std::size_t kVectorBytes = 64;
constexpr std::size_t kAccumulators = 24;  // of 32 registers; 8 would cover the latency
#elif defined(__AVX__)
constexpr std::size_t kVectorBytes = 32;
constexpr std::size_t kAccumulators = 12;  // of 16 registers; at least 10 cover the latency
#else
constexpr std::size_t kVectorBytes = 16;
constexpr std::size_t kAccumulators = 12;
#endif
typedef float Floats __attribute__((vector_size(kVectorBytes)));
typedef std::uint64_t Words __attribute__((vector_size(kVectorBytes)));

constexpr auto kWindow = std::chrono::milliseconds(100);
constexpr std::size_t kMaxProcesses = 256;
using Clock = std::chrono::steady_clock;

/// Keeps the optimiser from seeing that a value is not used.
template <typename T>
void keep(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

/// Multiplies and adds for one window; operations per second.
double multiply_add() {
  constexpr int kRounds = 20'000;
  Floats sums[kAccumulators] = {};
  Floats factor = Floats{} + 0.999F;
  Floats addend = Floats{} + 0.001F;
  asm volatile("" : "+m"(factor), "+m"(addend));  // unknown values: nothing to compute in advance
  double operations = 0;
  const auto start = Clock::now();
  auto now = start;
  for (; now - start < kWindow; now = Clock::now()) {
    for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 32
      for (Floats& sum : sums) {
        sum = sum * factor + addend;
      }
    }
    operations += 2.0 * kRounds * kAccumulators * kVectorBytes / sizeof(float);
  }
  keep(sums);
  return operations / std::chrono::duration<double>(now - start).count();
}

/// Sums up `words` again and again for one window; bytes per second.
double read_memory(const std::vector<Words>& words) {
  constexpr std::size_t kStreams = 8;
  const std::size_t piece = words.size() / 64 / kStreams * kStreams;  // between looks at the clock
  Words sums[kStreams] = {};
  double bytes = 0;
  std::size_t at = 0;
  const auto start = Clock::now();
  auto now = start;
  for (; now - start < kWindow; now = Clock::now()) {
    for (std::size_t i = 0; i < piece; i += kStreams) {
#pragma GCC unroll 8
      for (std::size_t s = 0; s < kStreams; ++s) {
        sums[s] += words[at + i + s];
      }
    }
    bytes += static_cast<double>(piece * sizeof(Words));
    at = at + 2 * piece <= words.size() ? at + piece : 0;
  }
  keep(sums);
  return bytes / std::chrono::duration<double>(now - start).count();
}

/// What the processes share: a barrier, and everyone's rate in the current window.
struct Shared {
  std::atomic<std::size_t> arrivals;
  double rates[kMaxProcesses];
};

void wait_for_all(Shared& shared, std::size_t processes) {
  const std::size_t mine = shared.arrivals.fetch_add(1);
  const std::size_t all = (mine / processes + 1) * processes;
  while (shared.arrivals.load() < all) {
  }
}

/// The best window of the processes together, on the process with index 0.
template <typename Work>
double best_of(Shared& shared, std::size_t index, std::size_t processes, int windows, Work work) {
  double best = 0;
  for (int window = 0; window < windows; ++window) {
    wait_for_all(shared, processes);
    shared.rates[index] = work();
    wait_for_all(shared, processes);
    double sum = 0;
    for (std::size_t i = 0; i < processes; ++i) {
      sum += shared.rates[i];
    }
    best = std::max(best, sum);
  }
  return best;
}

void measure(Shared& shared, std::size_t index, std::size_t processes, int windows) {
  const double flops = best_of(shared, index, processes, windows, multiply_add);

  // Far more than the last cache holds, also where several processes share it.
  const long cache = std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), 32L << 20U);
  const std::vector<Words> words(4 * static_cast<std::size_t>(cache) / sizeof(Words), Words{} + 1);
  const double bytes =
      best_of(shared, index, processes, windows, [&] { return read_memory(words); });
  if (index == 0) {
    std::printf("{\"processes\": %zu, \"fma_flops\": %.6g, \"read_bytes\": %.6g}\n", processes,
                flops, bytes);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int processes = argc > 1 ? std::atoi(argv[1]) : 0;
  const int windows = argc > 2 ? std::atoi(argv[2]) : 10;
  if (processes < 1 || processes > static_cast<int>(kMaxProcesses) || windows < 1) {
    std::fprintf(stderr, "usage: machine_limits PROCESSES [WINDOWS]\n");
    return 64;
  }
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("mmap");
    return 74;
  }
  Shared& shared = *new (memory) Shared{};
  const auto count = static_cast<std::size_t>(processes);
  for (std::size_t index = 1; index < count; ++index) {
    const pid_t child = fork();
    if (child < 0) {
      std::perror("fork");
      return 74;
    }
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // else it would wait for a parent that failed
      measure(shared, index, count, windows);
      _exit(0);
    }
  }
  measure(shared, 0, count, windows);
  while (wait(nullptr) > 0) {
  }
  return 0;
}
