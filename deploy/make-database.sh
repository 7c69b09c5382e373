#!/bin/sh
# The PostgreSQL image runs this once, in an empty cluster. The newsroom's role is not a superuser, so it cannot
# bypass the database's rules, such as append-only history.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=password="$NEWSROOM_PASSWORD" \
    --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
CREATE ROLE newsroom LOGIN PASSWORD :'password';
CREATE DATABASE newsroom OWNER newsroom;
SQL
