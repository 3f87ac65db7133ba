// Runs a fuzz target without libFuzzer: over each file of a folder, and over changed copies of
// them. The same arguments try the same inputs.
//
// usage: fuzz_TARGET FOLDER|FILE [CHANGED COPIES]
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes g_input;  // for the handler

/// Leaves the input behind, to be run again by its name.
extern "C" void save_input(int signal) {
  std::FILE* const file = std::fopen("finding.bin", "wb");
  if (file != nullptr) {
    std::fwrite(g_input.data(), 1, g_input.size(), file);
    std::fclose(file);
    constexpr const char* kText = "the input is in finding.bin\n";
    std::fputs(kText, stderr);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(Bytes input) {
  g_input = std::move(input);
  LLVMFuzzerTestOneInput(g_input.data(), g_input.size());
}

Bytes changed(Bytes bytes, const std::vector<Bytes>& seeds, std::mt19937_64& random) {
  const auto below = [&](std::size_t count) {
    return static_cast<std::ptrdiff_t>(random() % std::max<std::size_t>(1, count));
  };
  using namespace std::string_view_literals;
  constexpr std::string_view kAwkward = "\",;\t|\r\n\0\xff\xef\xbb\xbf{}[]:\\eE+-.0189naif#= "sv;
  const std::size_t changes = 1 + random() % 6;
  for (std::size_t i = 0; i < changes; ++i) {
    const std::ptrdiff_t at = below(bytes.size());
    const std::ptrdiff_t length =
        std::min(1 + below(16), static_cast<std::ptrdiff_t>(bytes.size()) - at);
    switch (random() % 6) {
      case 0:
        bytes.insert(bytes.begin() + at, static_cast<std::uint8_t>(random()));
        break;
      case 1:
        bytes.insert(
            bytes.begin() + at,
            static_cast<std::uint8_t>(kAwkward[static_cast<std::size_t>(below(kAwkward.size()))]));
        break;
      case 2:
        bytes.erase(bytes.begin() + at, bytes.begin() + at + length);
        break;
      case 3: {
        const Bytes& other = seeds[static_cast<std::size_t>(below(seeds.size()))];
        const std::ptrdiff_t from = below(other.size());
        bytes.insert(bytes.begin() + at, other.begin() + from, other.end());
        break;
      }
      default:
        if (!bytes.empty()) {
          bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << random() % 8);
        }
    }
  }
  constexpr std::size_t kMost = 1 << 14;
  bytes.resize(std::min(bytes.size(), kMost));
  return bytes;
}

Bytes content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER|FILE [CHANGED COPIES]\n", argv[0]);
    return 64;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE}) {
    std::signal(signal, save_input);
  }
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(argv[1])) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
      paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
  } else {
    paths.emplace_back(argv[1]);
  }
  std::vector<Bytes> seeds;
  for (const auto& path : paths) {
    seeds.push_back(content(path));
    run(seeds.back());
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "%s holds no inputs\n", argv[1]);
    return 66;
  }
  const long copies = argc < 3 ? 0 : std::strtol(argv[2], nullptr, 10);
  std::mt19937_64 random(1);
  for (long i = 0; i < copies; ++i) {
    run(changed(seeds[static_cast<std::size_t>(random() % seeds.size())], seeds, random));
  }
  std::printf("%zu inputs and %ld changed copies\n", seeds.size(), copies);
  return 0;
}
