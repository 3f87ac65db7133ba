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
ctest --preset "$preset" --parallel "$(nproc)"
