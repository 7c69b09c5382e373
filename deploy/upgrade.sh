#!/bin/sh
# Zero-downtime upgrade on one machine (docs/operations/upgrading.md). Stops at the first failure; processes that are not yet
# replaced keep running. Safe to run again.
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
# One web service answers while the other is replaced. Each must be healthy before the next is replaced. `external` and
# the dispatcher that sends to it come before the workers, which have no keys for deliveries.
for service in web web2 external dispatcher worker quarantine beat; do
    step docker compose up --detach --no-deps --wait "$service"
done
