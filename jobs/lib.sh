# What the scripts share: the packages, the build, and how they speak. To be sourced.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The one list of what Debian 12 and Ubuntu need to have installed to build, test and run.
packages=(
  g++ cmake ninja-build
  libopenmpi-dev openmpi-bin
  libhdf5-dev
  zlib1g-dev libzstd-dev libisal-dev libpq-dev libcurl4-openssl-dev
  libsimdjson-dev libbson-dev
  libeigen3-dev
  libboost-program-options-dev
  libspdlog-dev libfmt-dev
  nlohmann-json3-dev
  libssl-dev
  librandom123-dev
  libxxhash-dev
  libgtest-dev libgmock-dev valgrind procps python3 python3-jsonschema python3-h5py zstd
)

say() { printf '\n== %s\n' "$*"; }

# Runs a command whose output matters only if it fails.
quietly() {
  local log code=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || code=$?
  if [ "$code" -ne 0 ]; then
    cat "$log" >&2
    printf 'failed (%s): %s\n' "$code" "$*" >&2
  fi
  rm -f "$log"
  return "$code"
}

# take_numbers USAGE "name ..." arguments...: sets the variable of each of these names for which
# there is an argument --name N; what is else there ends the script with the usage.
take_numbers() {
  local usage=$1 names=" $2 "
  shift 2
  while [ $# -gt 0 ]; do
    if [[ $1 != --* || $names != *" ${1#--} "* || ! ${2:-} =~ ^[1-9][0-9]*$ ]]; then
      printf 'usage: %s\n' "$usage" >&2
      exit 64
    fi
    declare -g "${1#--}=$2"
    shift 2
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    printf 'packages are missing, and installing them needs root or sudo: %s\n' "$*" >&2
    return 69
  fi
}

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
      missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "Packages: all ${#packages[@]} are installed"
    return
  fi
  if ! command -v apt-get >/dev/null; then
    printf 'not Debian or Ubuntu: install these, or load your modules: %s\n' "${packages[*]}" >&2
    return 69
  fi
  say "Packages: installing ${missing[*]}"
  quietly as_root apt-get update -q
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends "${missing[@]}"
}

# usage: build PRESET [TARGET]; the program is build/PRESET/src/tessera then.
build() {
  say "Build: preset $1 in build/$1"
  cd "$root"
  quietly cmake --preset "$1"
  quietly cmake --build --preset "$1" ${2:+--target "$2"}
}
