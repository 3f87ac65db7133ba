/// \file
/// Starting and ending MPI. The rest of the program sees only Communicator.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tessera/comm/communicator.hpp"

namespace tessera::comm {

class CheckedCommunicator;

/// True if a launcher (mpirun, srun) started this process as one rank of several, judged by the
/// environment variables launchers set. A lone process needs no MPI and starts without it.
[[nodiscard]] bool launched_by_mpi();

/// The number of this task if srun started several that know nothing of each other, for want of
/// PMIx or PMI: each would do the whole job, all into one output. Nothing otherwise.
[[nodiscard]] std::optional<long> lone_task_of_srun();

/// Holds MPI open for the life of the program. When started without a launcher, MPI stays unused
/// and world() is a LocalCommunicator.
///
/// In a debug build, or with TESSERA_CHECK_COLLECTIVES=1 in the environment of all ranks, they
/// agree on every collective before they call it; where they call different ones, all throw a
/// std::logic_error that names two ranks and their calls. TESSERA_CHECK_COLLECTIVES=0 keeps them
/// from it.
class MpiSession {
 public:
  MpiSession();
  /// Ends MPI, unless an exception is unwinding: then other ranks may be inside a collective and
  /// MPI_Finalize would wait for ever, so the job is aborted instead.
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  [[nodiscard]] const Communicator& world() const { return *world_; }

  /// Ends all ranks at once, for an error that only this rank knows of (a bug in Tessera).
  [[noreturn]] void abort(int exit_code) const;

 private:
  std::unique_ptr<Communicator> world_;
  const CheckedCommunicator* checked_ = nullptr;  // world_, if it is checked
  bool uses_mpi_ = false;
  int exceptions_at_start_ = 0;
};

/// Name and version of the MPI library that this program is linked with, one line.
[[nodiscard]] std::string mpi_library_linked();

/// Name and version of the MPI library in use, one line; "none" without a launcher.
[[nodiscard]] std::string mpi_library_version();

}  // namespace tessera::comm
