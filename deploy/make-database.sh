#!/bin/sh
# Run once by the PostgreSQL image, in an empty cluster. The newsroom's role is no superuser: what the database
# forbids, such as rewriting history, the newsroom cannot do either.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=password="$NEWSROOM_PASSWORD" \
    --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
CREATE ROLE newsroom LOGIN PASSWORD :'password';
CREATE DATABASE newsroom OWNER newsroom;
SQL
