#!/usr/bin/env bash
# The whole way of `wt debug check-ignore` against `git check-ignore -v`: verdict, file, line and pattern, on generated rules.
# usage: tests/campaigns/check-ignore/run.sh [PAIRS] [SEED]      (200,000)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
[ -n "${PROGRAMS:-}" ] || "$root/eng/dist/build" --check || echo "check-ignore: artifacts/bin is older than the sources" >&2
exec python3 -B "$root/tests/campaigns/check-ignore/cases.py" "${PROGRAMS:-$root/artifacts/bin}" "$@"
