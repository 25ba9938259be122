#!/usr/bin/env bash
# Cuts the store's operations off at every file-system call, and each recovery after that at every call of its own; lets each call
# that writes fail with EIO, ENOSPC, EDQUOT or half its bytes, once and for good; works on a file system until it is full; flips
# every bit of a small store. Whatever was acknowledged must be there at the next start, whole.
# usage: tests/campaigns/crash/run.sh [EVERY] [OPERATION...]     EVERY 1 is all points, 5 every fifth; operations: first snapshot pack
#        merge compact gc
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$here/../../..
every=${1:-1}
shift || true
command -v gcc >/dev/null || { echo "crash campaign: gcc is not installed" >&2; exit 2; }
work=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)")
trap 'rm -rf "$work"' EXIT
code=0
gcc -O1 -Wall -fPIC -shared -o "$work/shim.so" "$here/shim.c" -ldl
[ "${WT_CRASH_BUILT:-}" = 1 ] || dotnet build "$here/Driver" -c Release -v q -nologo >"$work/build.log" || { cat "$work/build.log"; exit 1; }
driver=$here/Driver/bin/Release/net10.0/W0rktree.CrashDriver.dll

dotnet "$driver" campaign "$work/shim.so" "$work/scratch" "$every" "$@" || code=1

mkdir -p "$work/small"
if unshare -rm mount -t tmpfs -o size=1m none "$work/small" 2>/dev/null; then
  unshare -rm bash -c 'mount -t tmpfs -o size=1m none "$1" && dotnet "$2" fill "$1" "$3"' - "$work/small" "$driver" "$work/acknowledged" || code=1
else
  echo "full disk: skipped, a file system of its own cannot be mounted here"
fi

if [ "$every" = 1 ] && [ $# = 0 ]; then
  (cd "$root" && dotnet build tests/Storage.Tests -c Release -v q -nologo >/dev/null &&
    WT_FLIP_STEP=1 dotnet test tests/Storage.Tests -c Release --no-build -nologo --filter FullyQualifiedName~BitFlipTests --logger "console;verbosity=detailed" |
    grep -E 'bits|Passed|Failed|wrong') || code=1
fi
exit $code
