#!/usr/bin/env bash
# Many `wt status` at once with no agent running: exactly one agent, all answered; then starts after stale sockets and PID files.
# usage: tests/campaigns/start-race/run.sh [COMMANDS] [ROUNDS]      (200, 3)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
[ -n "${PROGRAMS:-}" ] || "$root/eng/dist/build" --check || echo "start-race: artifacts/bin is older than the sources" >&2
exec python3 -B "$root/tests/campaigns/start-race/race.py" "${PROGRAMS:-$root/artifacts/bin}" "$@"
