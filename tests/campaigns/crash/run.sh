#!/usr/bin/env bash
# Cuts the work of store and working copy off at every file-system call, and each recovery after that at every call of its own;
# lets each call that writes fail with EIO, ENOSPC, EDQUOT or half its bytes, once and for good; works on a file system until it
# is full; flips every bit of a small store. Whatever was acknowledged must be there at the next start, whole.
# usage: tests/campaigns/crash/run.sh [EVERY] [OPERATION...]     EVERY 1 is all points, 5 every fifth
#        operations: first snapshot pack merge compact gc record switch, full (the disk that fills up), flips
# WT_CRASH_MANAGED=1 runs it as the tests have built it; else it is compiled ahead of time where this machine can.
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

driver=(dotnet "$here/Driver/bin/Release/net10.0/W0rktree.CrashDriver.dll")
if [ "${WT_CRASH_MANAGED:-}" != 1 ]; then
  published=$root/artifacts/native/crash
  if dotnet publish "$here/Driver" -c Release -p:AheadOfTime=net10.0 -p:PublishDir="$published/" -v q -nologo >"$work/build.log" 2>&1; then
    driver=("$published/W0rktree.CrashDriver")
  else
    echo "not compiled ahead of time, so it takes far longer: $(grep -m1 -E 'error|NU1' "$work/build.log" || tail -n 1 "$work/build.log")"
    dotnet build "$here/Driver" -c Release -v q -nologo >"$work/build.log" || { cat "$work/build.log"; exit 1; }
  fi
fi

operations=() full=1 flips=1
if [ $# -gt 0 ]; then
  full=0 flips=0
  for name in "$@"; do
    case $name in full) full=1 ;; flips) flips=1 ;; *) operations+=("$name") ;; esac
  done
fi
if [ $# = 0 ] || [ ${#operations[@]} -gt 0 ]; then
  "${driver[@]}" campaign "$work/shim.so" "$work/scratch" "$every" "${operations[@]}" || code=1
fi

if [ $full = 1 ]; then
  mkdir -p "$work/small"
  if unshare -rm mount -t tmpfs -o size=1m none "$work/small" 2>/dev/null; then
    unshare -rm bash -c 'mount -t tmpfs -o size=1m none "$1" && shift && "${@:2}" fill "$0" "$1"' "$work/small" "$work/small" "$work/acknowledged" "${driver[@]}" || code=1
  else
    echo "full disk: skipped, a file system of its own cannot be mounted here"
  fi
fi

if [ $flips = 1 ] && [ "$every" = 1 ]; then
  (cd "$root" && dotnet build tests/Storage.Tests -c Release -v q -nologo >/dev/null &&
    WT_FLIP_STEP=1 dotnet test tests/Storage.Tests -c Release --no-build -nologo --filter FullyQualifiedName~BitFlipTests --logger "console;verbosity=detailed" |
    grep -E 'bits|Passed|Failed|wrong') || code=1
fi
exit $code
