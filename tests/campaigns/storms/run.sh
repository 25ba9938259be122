#!/usr/bin/env bash
# Storms of writes against a walk of the directory by python and b3sum, 10 s after the last write of each.
# usage: tests/campaigns/storms/run.sh [--queue 16] [--seeds N] [--first N] [--files N] [--settle S] [STORM...]
#        STORM: unpack move clone nested npm build save mount replaced limit random; all of them by default
# Needs python3, b3sum, git; npm, vim, neovim, root and unshare for the storms that use them.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
[ -n "${PROGRAMS:-}" ] || "$root/eng/dist/build" --check || echo "storms: artifacts/bin is older than the sources" >&2
exec python3 -B "$root/tests/campaigns/storms/storms.py" "${PROGRAMS:-$root/artifacts/bin}" "$@"
