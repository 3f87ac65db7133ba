#include "tessera/io/same_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/base/sha256.hpp"
#include "tessera/base/text.hpp"

namespace tessera::io {
namespace {

constexpr const char* kWhatToDo = "put the file where all nodes see the same one";

// The first 64 bits.
std::uint64_t short_hash(Sha256& hash) {
  constexpr std::size_t kDigits = 16;
  constexpr int kBase = 16;
  const std::string hex = hash.hex();
  std::uint64_t value = 0;
  std::from_chars(hex.data(), hex.data() + kDigits, value, kBase);
  return value;
}

// Of the beginning, the end and places between; of all of a small file.
std::uint64_t hash_of_samples(const InputFile& file) {
  constexpr std::uint64_t kSamples = 8;
  constexpr std::uint64_t kBytes = 4096;
  Sha256 hash;
  std::string sample;
  const std::uint64_t last = file.size() - std::min(file.size(), kBytes);
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    sample.resize(kBytes);
    const bool is_last = i + 1 == kSamples || last == 0;
    sample.resize(file.read_at(is_last ? last : last / (kSamples - 1) * i, sample));
    hash.add(sample);
  }
  return short_hash(hash);
}

/// What a rank has found under a name.
struct Found {
  enum : std::uint64_t { kFile, kNothing, kFailure };
  std::uint64_t what = kFile;
  std::uint64_t size = 0;
  std::uint64_t second = 0;
  std::uint64_t hash = 0;

  bool operator==(const Found&) const = default;
};

Found look_at(const InputFile& file) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  // by the second, since copying with the time kept may keep no more of it
  return {.size = file.size(),
          .second = static_cast<std::uint64_t>(file.state().modified / kNanoseconds),
          .hash = hash_of_samples(file)};
}

// One all-reduce.
bool is_same_everywhere(const comm::Communicator& comm, std::span<const std::uint64_t> values) {
  std::vector<std::uint64_t> least(values.begin(), values.end());
  for (const std::uint64_t value : values) {
    least.push_back(~value);  // whose least is that of the greatest
  }
  comm.all_reduce(std::span(least), comm::Op::kMin);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (least[i] != ~least[values.size() + i]) {
      return false;
    }
  }
  return true;
}

/// Which rank sees something, and from where.
std::string place_of(int rank, const std::string& host, const std::string& folder) {
  return fmt::format("rank {} on {}{}{}", rank, host, folder.empty() ? "" : " in ", folder);
}

/// The places of this rank and of the root; with their working directories if these differ and
/// matter.
struct Places {
  std::string mine;
  std::string of_root;

  /// Collective.
  Places(const comm::Communicator& comm, const std::string& path) {
    std::error_code ignored;
    std::string folder = std::filesystem::path(path).is_absolute()
                             ? ""
                             : std::filesystem::current_path(ignored).string();
    const std::string host_of_root = comm.broadcast(comm::host_name(), 0);
    std::string folder_of_root = comm.broadcast(folder, 0);
    if (folder == folder_of_root) {
      folder.clear();
      folder_of_root.clear();
    }
    mine = place_of(comm.rank(), comm::host_name(), folder);
    of_root = place_of(0, host_of_root, folder_of_root);
  }
};

// Where one of the two cannot open the file at all, and why.
std::string absence(const std::string& path, const Places& places, const std::string& why_here,
                    const std::string& why_at_root) {
  const bool is_here = !why_here.empty();
  return fmt::format("{} cannot open {} ({}), which {} can; {}",
                     is_here ? places.mine : places.of_root, path, is_here ? why_here : why_at_root,
                     is_here ? places.of_root : places.mine, kWhatToDo);
}

std::string difference(const std::string& path, const Found& mine, const Found& of_root,
                       const Places& places) {
  if (mine.size != of_root.size) {
    return fmt::format("{} sees {} with {}, {} with {}; {}", places.mine, path,
                       counted(mine.size, "byte"), places.of_root, grouped(of_root.size),
                       kWhatToDo);
  }
  if (mine.hash != of_root.hash) {
    return fmt::format("{} sees other bytes in {} than {}, though as many; {}", places.mine, path,
                       places.of_root, kWhatToDo);
  }
  const auto time = [](const Found& found) {
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    return time_text(static_cast<std::int64_t>(found.second) * kNanoseconds);
  };
  return fmt::format("{} sees {} modified at {}, {} at {}; {}, or copy it with its time (cp -p)",
                     places.mine, path, time(mine), places.of_root, time(of_root), kWhatToDo);
}

}  // namespace

InputFile open_on_all(const comm::Communicator& comm, const std::string& path) {
  if (comm.size() == 1) {
    return InputFile(path);
  }
  std::optional<InputFile> file;
  Found mine;
  std::exception_ptr failure;
  std::string why_not;
  try {
    file.emplace(path);
    mine = look_at(*file);
  } catch (const Error& error) {
    mine.what = error.code() == ExitCode::kNoInput ? Found::kNothing : Found::kFailure;
    failure = std::current_exception();
    why_not = error.what();
  } catch (...) {
    mine.what = Found::kFailure;
    failure = std::current_exception();
  }
  const bool same =
      is_same_everywhere(comm, std::array{mine.what, mine.size, mine.second, mine.hash});
  if (same && !failure) {
    return std::move(*file);
  }
  Found of_root = mine;
  comm.broadcast(std::span(&of_root, 1), 0);
  const std::string why_not_at_root = comm.broadcast(why_not, 0);
  const Places places(comm, path);
  comm.together([&] {
    if (failure && (same || mine.what == Found::kFailure)) {
      std::rethrow_exception(failure);
    }
    if (file) {
      file->check_unchanged();  // then it is no other file
    }
    if (mine != of_root && of_root.what != Found::kFailure) {
      fail(ExitCode::kNoInput, "{}",
           mine.what == of_root.what ? difference(path, mine, of_root, places)
                                     : absence(path, places, why_not, why_not_at_root));
    }
  });
  fail(ExitCode::kInternal, "ranks disagree on {}", path);
}

void require_same(const comm::Communicator& comm, const std::string& path,
                  const std::string& summary, std::string_view all) {
  if (comm.size() == 1) {
    return;
  }
  std::uint64_t mine = 0;
  comm.together([&] {
    Sha256 hash;
    hash.add(all);
    mine = short_hash(hash);
  });
  if (is_same_everywhere(comm, std::array{mine})) {
    return;
  }
  std::uint64_t of_root = mine;
  comm.broadcast(std::span(&of_root, 1), 0);
  const std::string summary_of_root = comm.broadcast(summary, 0);
  const Places places(comm, path);
  comm.together([&] {
    if (mine != of_root) {
      fail(ExitCode::kNoInput, "{} sees {} in {}, {} sees {}{}; {}", places.mine, summary, path,
           places.of_root, summary == summary_of_root ? "others: " : "", summary_of_root,
           kWhatToDo);
    }
  });
}

}  // namespace tessera::io
