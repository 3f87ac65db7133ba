#include "tessera/comm/mpi_session.hpp"

#include <mpi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "comm/checked_communicator.hpp"
#include "comm/neighbours.hpp"
#include "tessera/base/error.hpp"

namespace tessera::comm {
namespace {

// MPI counts are int: longer messages go in pieces of this many elements.
constexpr std::size_t kMaxCount = std::size_t{1} << 30;

MPI_Datatype datatype(Type type) {
  switch (type) {
    case Type::kInt64:
      return MPI_INT64_T;
    case Type::kUint64:
      return MPI_UINT64_T;
    case Type::kDouble:
      return MPI_DOUBLE;
  }
  return MPI_DATATYPE_NULL;
}

MPI_Op operation(Op op) {
  switch (op) {
    case Op::kSum:
      return MPI_SUM;
    case Op::kMin:
      return MPI_MIN;
    case Op::kMax:
      return MPI_MAX;
  }
  return MPI_OP_NULL;
}

class MpiCommunicator final : public Communicator {
 public:
  explicit MpiCommunicator(MPI_Comm comm) : comm_(comm) {
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
    MPI_Comm node = MPI_COMM_NULL;
    MPI_Comm_split_type(comm_, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    int rank_on_node = 0;
    MPI_Comm_rank(node, &rank_on_node);
    meet_neighbours(comm_, node);
    MPI_Comm_free(&node);
    const int first_on_node = rank_on_node == 0 ? 1 : 0;
    MPI_Allreduce(&first_on_node, &nodes_, 1, MPI_INT, MPI_SUM, comm_);
  }

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  [[nodiscard]] int nodes() const override { return nodes_; }
  void barrier() const override { MPI_Barrier(comm_); }

 protected:
  void all_reduce_raw(void* values, std::size_t count, Type type, Op op) const override {
    auto* at = static_cast<std::byte*>(values);
    for (std::size_t done = 0; done < count; done += kMaxCount) {
      const std::size_t piece = std::min(kMaxCount, count - done);
      // every reducible type is 8 bytes wide
      MPI_Allreduce(MPI_IN_PLACE, at + done * 8, static_cast<int>(piece), datatype(type),
                    operation(op), comm_);
    }
  }

  void exclusive_sum_raw(std::span<std::int64_t> values) const override {
    for (std::size_t done = 0; done < values.size(); done += kMaxCount) {
      const std::size_t piece = std::min(kMaxCount, values.size() - done);
      MPI_Exscan(MPI_IN_PLACE, values.data() + done, static_cast<int>(piece), MPI_INT64_T, MPI_SUM,
                 comm_);
    }
    if (rank_ == 0) {
      std::ranges::fill(values, 0);  // which MPI leaves as they are
    }
  }

  std::vector<std::byte> all_gather_raw(std::span<const std::byte> mine) const override {
    const auto ranks = static_cast<std::size_t>(size_);
    const std::uint64_t my_size = mine.size();
    std::vector<std::uint64_t> sizes(ranks);
    MPI_Allgather(&my_size, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, comm_);
    std::uint64_t total = 0;
    for (const std::uint64_t size : sizes) {
      total += size;
    }
    std::vector<std::byte> all(total);
    if (total <= static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
      std::vector<int> counts(ranks);
      std::vector<int> offsets(ranks);
      int offset = 0;
      for (std::size_t r = 0; r < ranks; ++r) {
        counts[r] = static_cast<int>(sizes[r]);
        offsets[r] = offset;
        offset += counts[r];
      }
      MPI_Allgatherv(mine.data(), static_cast<int>(my_size), MPI_BYTE, all.data(), counts.data(),
                     offsets.data(), MPI_BYTE, comm_);
      return all;
    }
    std::uint64_t offset = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
      const std::span<std::byte> part(all.data() + offset, sizes[r]);
      if (static_cast<int>(r) == rank_) {
        std::copy(mine.begin(), mine.end(), part.begin());
      }
      broadcast_raw(part, static_cast<int>(r));
      offset += sizes[r];
    }
    return all;
  }

  void broadcast_raw(std::span<std::byte> bytes, int root) const override {
    for (std::size_t done = 0; done < bytes.size(); done += kMaxCount) {
      const std::size_t piece = std::min(kMaxCount, bytes.size() - done);
      MPI_Bcast(bytes.data() + done, static_cast<int>(piece), MPI_BYTE, root, comm_);
    }
  }

  void all_to_all_raw(std::span<const std::byte> mine, std::span<const std::uint64_t> to,
                      std::span<std::byte> received, std::span<const std::uint64_t> from,
                      std::size_t width) const override {
    std::vector<MPI_Request> requests;
    const auto in_pieces = [&](std::uint64_t size, const auto& start) {
      for (std::uint64_t done = 0; done < size; done += kMaxCount) {
        start(static_cast<int>(std::min<std::uint64_t>(kMaxCount, size - done)),
              &requests.emplace_back());
      }
    };
    std::byte* in = received.data();
    const std::byte* out = mine.data();
    for (int r = 0; r < size_; ++r) {
      in_pieces(from[static_cast<std::size_t>(r)] * width, [&](int piece, MPI_Request* request) {
        MPI_Irecv(in, piece, MPI_BYTE, r, 0, comm_, request);
        in += piece;
      });
    }
    for (int r = 0; r < size_; ++r) {
      in_pieces(to[static_cast<std::size_t>(r)] * width, [&](int piece, MPI_Request* request) {
        MPI_Isend(out, piece, MPI_BYTE, r, 0, comm_, request);
        out += piece;
      });
    }
    MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  }

 private:
  MPI_Comm comm_;
  int rank_ = 0;
  int size_ = 1;
  int nodes_ = 1;
};

/// MPI_Finalize takes leave of the launcher in several small messages over TCP, of which the system
/// holds back all after the first until that is acknowledged, 40 ms later. Makes it send what is
/// written at once, on every socket of this process.
void send_at_once() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const int socket = std::atoi(entry->path().filename().c_str());
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // what is no such socket refuses
  }
}

bool checks_collectives() {
  if (const char* const wish = std::getenv("TESSERA_CHECK_COLLECTIVES")) {
    return *wish != '\0' && std::string_view(wish) != "0";
  }
#ifdef NDEBUG
  return false;
#else
  return true;
#endif
}

}  // namespace

bool launched_by_mpi() {
  // Open MPI's mpirun; PMIx (srun --mpi=pmix); PMI-1 and PMI-2 (MPICH, srun --mpi=pmi2)
  return std::ranges::any_of(std::array{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"},
                             [](const char* name) { return std::getenv(name) != nullptr; });
}

std::optional<long> lone_task_of_srun() {
  const auto number = [](const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
  };
  // a batch script is a step of one task, however many tasks its job has
  if (launched_by_mpi() || std::getenv("SLURM_STEP_ID") == nullptr ||
      number("SLURM_STEP_NUM_TASKS") <= 1) {
    return std::nullopt;
  }
  return number("SLURM_PROCID");
}

MpiSession::MpiSession()
    : uses_mpi_(launched_by_mpi()), exceptions_at_start_(std::uncaught_exceptions()) {
  tell_of_signals();
  if (uses_mpi_) {
    MPI_Init(nullptr, nullptr);
    world_ = std::make_unique<MpiCommunicator>(MPI_COMM_WORLD);
    if (checks_collectives()) {
      auto checked = std::make_unique<CheckedCommunicator>(std::move(world_));
      checked_ = checked.get();
      world_ = std::move(checked);
    }
  } else {
    world_ = std::make_unique<LocalCommunicator>();
  }
}

MpiSession::~MpiSession() {
  take_leave();
  if (!uses_mpi_) {
    return;
  }
  if (std::uncaught_exceptions() > exceptions_at_start_) {
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  }
  if (checked_ != nullptr) {
    try {
      checked_->end();
    } catch (const std::logic_error& error) {
      fmt::print(stderr, "rank {}: {}\n", world_->rank(), error.what());
      MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitCode::kInternal));
    }
  }
  send_at_once();
  MPI_Finalize();
}

void MpiSession::abort(int exit_code) const {
  take_leave();
  if (uses_mpi_) {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
  }
  std::exit(exit_code);
}

std::string mpi_library_linked() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);  // may be called without MPI_Init
  const std::string full(text.data(), static_cast<std::size_t>(length));
  return full.substr(0, full.find(','));
}

std::string mpi_library_version() { return launched_by_mpi() ? mpi_library_linked() : "none"; }

}  // namespace tessera::comm
