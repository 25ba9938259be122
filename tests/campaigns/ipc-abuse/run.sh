#!/usr/bin/env bash
# Misbehaving clients of the agent's socket, all at once: each is refused or timed out, and the agent goes on serving the others.
# usage: tests/campaigns/ipc-abuse/run.sh [SECONDS]      (20)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
[ -n "${PROGRAMS:-}" ] || "$root/eng/dist/build" --check || echo "ipc-abuse: artifacts/bin is older than the sources" >&2
exec python3 -B "$root/tests/campaigns/ipc-abuse/abuse.py" "${PROGRAMS:-$root/artifacts/bin}" "$@"
