#!/usr/bin/env bash
# Writes to a worktree and asks `wt status` at once, again and again: an answer that lacks a finished write is wrong.
# usage: tests/campaigns/write-then-ask/run.sh [ROUNDS] [SEED]        (10,000 rounds; needs python3 and a built ./wt)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
work=$(mktemp -d)
chmod 700 "$work"
mkdir -m 700 "$work/run" "$work/tree"
export HOME=$work XDG_RUNTIME_DIR=$work/run
unset XDG_DATA_HOME XDG_CONFIG_HOME
# The base stays the first snapshot for the whole run.
programs=${PROGRAMS:-$root/artifacts/bin}
[ -n "${PROGRAMS:-}" ] || "$root/eng/dist/build" --check || echo "write-then-ask: artifacts/bin is older than the sources" >&2
export WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S=86400 WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES=1000000 WT_WORKER_SNAPSHOT_MAX_CHANGED_BYTES=1000000000000
trap '"$programs/wt" worker stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
python3 "$root/tests/campaigns/write-then-ask/rounds.py" "$programs/wt" "$work/tree" "${1:-10000}" "${2:-$RANDOM}"
