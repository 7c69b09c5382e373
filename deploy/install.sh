#!/bin/sh
# Install the locked packages into a virtual environment: sh deploy/install.sh VENV LOCKFILE…
# Wheels only, so no compiler is needed. Does nothing when the environment is up to date.
set -eu

venv=$1
shift
python=${PYTHON:-python3}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

needed_kb=409600

refuse_full_disk() {
  fail "The disk that holds $venv is full. Free $((needed_kb / 1024)) MB, then run the command again."
}

stamp() { # of a lock file: a copy of it in the environment
  printf '%s/%s' "$venv" "$(basename "$1")"
}

explain() { # print the end of pip's output and the remedy
  case $(cat "$1") in
    *"No space left on device"*) refuse_full_disk ;;
    *"No matching distribution"*"from versions: none"* | *"connection"* | *"Connection"* | *"resolve"* | *"timed out"* | *"SSL"*)
      remedy="The package index cannot be reached. Check the network, or set PIP_INDEX_URL to another index, then run the command again." ;;
    *"No matching distribution"* | *"only-binary"*)
      remedy="A package has no wheel for this Python and system. Use Python 3.11 to 3.14 on Linux or on a Mac with Apple silicon: make up PYTHON=python3.13" ;;
    *) remedy="Fix the cause that pip names, then run the command again." ;;
  esac
  tail -n 5 "$1" >&2
  fail "The packages could not be installed. $remedy"
}

create_parent() { # the data folder, for a read-only checkout; private
  folder=$(dirname "$venv")
  [ -d "$folder" ] || { mkdir -p "$folder" && chmod "$([ "$(id -u)" = 0 ] && echo 711 || echo 700)" "$folder"; } 2>/dev/null ||
    fail "$folder cannot be created. Name a folder that you can write to: make up NEWSROOM_DATA=/path/to/data"
}

for lock in "$@"; do
  cmp -s "$lock" "$(stamp "$lock")" || missing=${missing:-}x
done
[ -n "${missing:-}" ] || exit 0

if [ ! -x "$venv/bin/python" ]; then
  command -v "$python" >/dev/null || fail "$python was not found. Install Python 3.11 or newer, or name one: make up PYTHON=/path/to/python3"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is $("$python" --version 2>&1), but Newsroom needs 3.11 or newer. Name one: make up PYTHON=python3.12"
  create_parent
  # ensurepip does not say that the disk is full, so look first.
  [ "$(df -Pk "$(dirname "$venv")" | awk 'NR == 2 { print $4 }')" -gt $needed_kb ] || refuse_full_disk
  created=$("$python" -m venv "$venv" 2>&1) || {
    rm -rf "$venv"
    case $created in
      *"ensurepip is not available"* | *"No module named"*) fail "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv" ;;
      *) fail "$created" "No virtual environment could be created in $venv." ;;
    esac
  }
fi

echo "Installing packages into $venv (about a minute, once) …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for lock in "$@"; do
  "$venv/bin/python" -m pip --quiet --quiet --disable-pip-version-check --no-input install \
    --no-deps --only-binary=:all: --require-hashes --requirement "$lock" >"$log" 2>&1 || explain "$log"
done
for lock in "$@" requirements.lock; do # every other lock file contains this one
  cp "$lock" "$(stamp "$lock")"
done
