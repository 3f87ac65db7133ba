/// \file
/// Who else runs on this node, so that a rank that was killed does not go unnoticed. Private to
/// src/comm.
#pragma once

#include <mpi.h>

namespace tessera::comm {

/// To be called before MPI_Init. From then on a rank that a signal ends says so in one line on
/// stderr, if it is the first of its node: a crash, a limit on processor time. If the launcher ends
/// the job (SIGTERM), one of the node's ranks looks which of the others is gone without having
/// said so, which is what SIGKILL does, and says that. Alone on its node nobody is missed.
void tell_of_signals();

/// Collective over the ranks of `world`; `node` has those of it that share this rank's node. Lets
/// them know of each other, where the system has memory to share.
void meet_neighbours(MPI_Comm world, MPI_Comm node);

/// This rank ends in good order, or has said why not.
void take_leave();

}  // namespace tessera::comm
