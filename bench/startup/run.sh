#!/usr/bin/env bash
# Measures the start of wt and of the agent against git, in one run. usage: bench/startup/run.sh [FILES] [ROUNDS]
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
work=$(mktemp -d)
mkdir -m 700 "$work/run" "$work/tmp"
export HOME=$work XDG_RUNTIME_DIR=$work/run TMPDIR=$work/tmp
unset XDG_DATA_HOME XDG_CONFIG_HOME
trap '"$root/artifacts/bin/wt" worker stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
python3 "$root/bench/startup/measure.py" "$root/artifacts/bin/wt" "${1:-100000}" "${2:-51}"
