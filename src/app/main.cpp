#include <fmt/format.h>

#include <exception>
#include <new>

#include "app/process.hpp"
#include "tessera/app/job.hpp"
#include "tessera/app/run.hpp"
#include "tessera/base/error.hpp"
#include "tessera/comm/mpi_session.hpp"

namespace {

// This rank alone may know of the failure, while the others wait for it in a collective.
[[noreturn]] void end_all_ranks(const tessera::comm::MpiSession& session, tessera::ExitCode code,
                                std::string_view message) {
  tessera::app::say_on_stderr(
      tessera::visible_format("tessera: error: rank {}: {}\n", session.world().rank(), message));
  session.abort(static_cast<int>(code));
}

}  // namespace

int main(int argc, char** argv) {
  tessera::app::prepare_process();
  if (const auto task = tessera::comm::lone_task_of_srun()) {
    if (*task == 0) {
      tessera::app::say_on_stderr(
          "tessera: error: srun started several tasks but does not connect them by MPI: use "
          "srun --mpi=pmix (srun --mpi=list shows what there is) or mpirun, or srun -n 1 "
          "for a single one\n");
    }
    return static_cast<int>(tessera::ExitCode::kUnfit);
  }
  const tessera::comm::MpiSession session;
  try {
    return tessera::app::run(session.world(), {argv + 1, argv + argc}, tessera::app::all_jobs());
  } catch (const std::bad_alloc&) {
    end_all_ranks(session, tessera::ExitCode::kUnfit,
                  "out of memory: use more ranks or nodes, or fewer ranks per node");
  } catch (const std::exception& error) {
    end_all_ranks(session, tessera::ExitCode::kInternal,
                  fmt::format("internal error, please report it: {}", error.what()));
  }
}
