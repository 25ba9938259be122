#!/usr/bin/env bash
# Kills a server at file-system calls of twelve kinds of requests: what was changed or answered must have its record, and every
# chain must hold. ./test.sh does the same at some calls of one kind.
#
#   tests/campaigns/audit-kill/run.sh [EVERY] [KINDS]     EVERY 1 is every call, 5 every fifth; KINDS is 12 at most
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_AUDIT_KILL_EVERY=${1:-1} WT_AUDIT_KILL_OPERATIONS=${2:-12}
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~KillTests --logger "console;verbosity=detailed"
