#!/usr/bin/env bash
# Takes tokens, sessions, memberships, roles, grants and policies away while they are used, open streams included: nothing that starts
# after the acknowledgement may succeed. ./test.sh runs 60 races.
#
#   tests/campaigns/revocation/run.sh [RACES] [SEED]
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_REVOCATION_RACES=${1:-10000} WT_REVOCATION_SEED=${2:-$RANDOM}
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~Races --logger "console;verbosity=detailed"
