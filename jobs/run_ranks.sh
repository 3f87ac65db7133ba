#!/usr/bin/env bash
# usage: run_ranks.sh RANKS COMMAND [ARG ...]
# Runs COMMAND on RANKS ranks of this machine, more than it has cores if need be, also as root. The
# one place that knows how Open MPI wants to be asked for that; the jobs and the tests use it.
set -u
# mpirun itself goes astray when its standard descriptors are closed
for descriptor in 0 1 2; do
  [ -e /proc/self/fd/$descriptor ] || eval "exec $descriptor<>/dev/null"
done
if [ $# -lt 2 ]; then
  sed -n '2,4s/^# //p' "$0" >&2
  exit 64
fi
ranks=$1
shift
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_hwloc_base_binding_policy=none
# containers without CAP_SYS_PTRACE refuse the copy between processes
export OMPI_MCA_btl_vader_single_copy_mechanism=none
# the networks behind the component cm take a fifth of a second to be looked for, and are not needed
export OMPI_MCA_pml="${OMPI_MCA_pml:-^cm}"

# OpenPMIx up to 4.2 may free an object twice if a rank is killed while it connects, and mpirun then
# waits for ever when all its ranks are gone. It is ended if that lasts five seconds.
end_if_left_alone() {
  local had_ranks=false alone=0
  while sleep 1 && kill -0 "$1"; do
    if pgrep -P "$1" -r D,R,S,T,t; then
      had_ranks=true alone=0
    elif $had_ranks && [ $((++alone)) -ge 5 ]; then
      kill -KILL "$1"
    fi
  done
}
(end_if_left_alone $$ &) </dev/null >/dev/null 2>&1

# --quiet: a failed job ends with its own message alone; the exit code stays
exec mpirun --quiet -n "$ranks" "$@"
