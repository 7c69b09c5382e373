#!/bin/sh
# A new version on one machine, while people work (docs/upgrading.md). It ends at the first thing that does not go
# well; the processes that were not replaced yet go on, and it can be run again.
set -eu
cd "$(dirname "$0")/.."

step() {
    echo "== $*"
    "$@"
}

step docker compose build
step docker compose run --rm backup
# Migrations are safe while the old version runs.
step docker compose run --rm prepare
# One web service answers while the other is replaced. Each has to be healthy before the next is touched.
for service in web web2 worker quarantine dispatcher beat; do
    step docker compose up --detach --no-deps --wait "$service"
done
