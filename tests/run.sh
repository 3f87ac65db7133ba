#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests.
#
# usage: tests/run.sh [PRESET]      PRESET: release (default), debug, sanitizers,
#                                 thread-sanitizer (tests whose ranks are threads)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../jobs/lib.sh"

packages+=(postgresql)  # a server to try
preset=${1:-release}
install_packages
build "$preset"
say "Tests"
code=0
ctest --preset "$preset" --parallel "$(nproc)" --label-exclude attack || code=$?
# These start, kill and outwait hundreds of processes, and now and then the machine interferes: what
# fails is tried once more, and shown.
ctest --preset "$preset" --parallel "$(nproc)" --label-regex attack --repeat until-pass:2 || code=$?
exit "$code"
