#!/usr/bin/env bash
# kill -9 of the agent at random moments (writes, snapshots, switches, undo, stop, start); the first `wt status --json` after the
# next start must tell the true state, which a walk by python and b3sum knows.
# usage: tests/campaigns/agent-fault/run.sh [RUNS] [SEED]      (300)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
[ -n "${PROGRAMS:-}" ] || "$root/eng/dist/build" --check || echo "agent-fault: artifacts/bin is older than the sources" >&2
exec python3 -B "$root/tests/campaigns/agent-fault/fault.py" "${PROGRAMS:-$root/artifacts/bin}" "$@"
