# A PostgreSQL server of the distribution, on a socket in a folder of its own, for one test.
#
#   source postgres_server.sh; start_postgres FOLDER    sets $database, an address without a question mark
#   stop_postgres
#
# start_postgres answers 77 where there is no server to start.

as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
  else
    "$@"
  fi
}

start_postgres() {
  postgres_folder=$1
  postgres_bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [ ! -x "$postgres_bin/initdb" ]; then
    echo "there is no PostgreSQL server here (package postgresql)"
    return 77
  fi
  if [ "$(id -u)" = 0 ]; then
    chmod 755 "$postgres_folder"
    install -d -o postgres -g postgres "$postgres_folder/data" "$postgres_folder/socket"
  else
    mkdir "$postgres_folder/data" "$postgres_folder/socket"
  fi
  (
    cd /
    as_postgres "$postgres_bin/initdb" --no-sync -A trust -U tester -D "$postgres_folder/data"
    # no network: another server may be here
    as_postgres "$postgres_bin/pg_ctl" -w -D "$postgres_folder/data" -l "$postgres_folder/data/log" \
      -o "-k $postgres_folder/socket -c listen_addresses= -c fsync=off" start
  ) >"$postgres_folder/postgres.out" 2>&1 || {
    cat "$postgres_folder/postgres.out"
    return 1
  }
  database="postgresql://tester@/postgres"
  export PGHOST=$postgres_folder/socket
}

stop_postgres() {
  (cd / && as_postgres "$postgres_bin/pg_ctl" -m immediate -D "$postgres_folder/data" stop) >/dev/null 2>&1
}
