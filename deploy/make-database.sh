#!/bin/sh
# The PostgreSQL image runs this once, in an empty cluster. Neither role is a superuser. The owner migrates, backs up and
# restores; the application owns nothing, so it cannot bypass the database's rules, such as append-only history.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
    --set=owner_password="$NEWSROOM_OWNER_PASSWORD" --set=password="$NEWSROOM_PASSWORD" \
    --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
CREATE ROLE newsroom LOGIN PASSWORD :'owner_password';
CREATE ROLE newsroom_app LOGIN PASSWORD :'password';
CREATE DATABASE newsroom OWNER newsroom;
SQL
