#!/usr/bin/env bash
# Kills a server at file-system calls of twelve kinds of requests: what was changed or answered must have its record, and every
# chain must hold. ./test.sh does the same at some calls of one kind.
#
#   tests/campaigns/audit-kill/run.sh [EVERY] [KINDS] [SKIP]     EVERY 1 is every call, 5 every fifth; KINDS after the first SKIP of the 12
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_AUDIT_KILL_EVERY=${1:-1} WT_AUDIT_KILL_OPERATIONS=${2:-12} WT_AUDIT_KILL_SKIP=${3:-0}
# Compiled ahead of time it starts in a fraction of the time, which is nearly all that a kill costs; else the one of the tests is taken.
server=$repo/artifacts/campaigns/server
if dotnet publish "$repo/Silo" -c Release -v q -nologo --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o "$server"; then
  export WT_SERVER=$server/worktree-server
fi
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~KillTests --logger "console;verbosity=detailed"
