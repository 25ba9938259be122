#!/usr/bin/env bash
# Looks at a server's folder before every file-system call that writes, in twelve kinds of requests: a kill there, or at a call that reads
# since the one before, would leave just that. At some calls it is killed indeed. What was changed or answered must have its record, and
# every chain must hold. ./test.sh does the same with the first kind.
#
#   tests/campaigns/audit-kill/run.sh [EVERY] [KINDS] [SKIP]     a kill at every EVERYth call; KINDS after the first SKIP of the 12
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_AUDIT_KILL_EVERY=${1:-20} WT_AUDIT_KILL_OPERATIONS=${2:-12} WT_AUDIT_KILL_SKIP=${3:-0}
# Compiled ahead of time it starts in a fraction of the time, which is nearly all that a kill costs; else the one of the tests is taken.
server=$repo/artifacts/campaigns/server
if dotnet publish "$repo/Silo" -c Release -v q -nologo --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o "$server"; then
  export WT_SERVER=$server/worktree-server
fi
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~KillTests --logger "console;verbosity=detailed"
