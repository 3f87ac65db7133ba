#!/usr/bin/env bash
# Brings DuckDB's C library out of the npm registry into a folder, unless it is there.
#
# usage: duckdb_library.sh FOLDER
set -u
folder=$1 package=@duckdb/node-bindings-linux-x64
[ "$(uname -m)" = x86_64 ] || package=@duckdb/node-bindings-linux-arm64
library=$folder/libduckdb.so
if [ -n "${TESSERA_DUCKDB:-}" ]; then
  mkdir -p "$folder" && ln -sf "$TESSERA_DUCKDB" "$library"
elif [ ! -e "$library" ] && command -v npm >/dev/null; then
  mkdir -p "$folder"
  if npm install --silent --no-audit --no-fund --prefix "$folder" "$package"; then
    ln -s "node_modules/$package/libduckdb.so" "$library"
  fi
fi
[ -e "$library" ] || echo "no DuckDB library: the tests of Parquet will be skipped; install npm"
