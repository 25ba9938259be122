#!/usr/bin/env bash
# Takes tokens, sessions, memberships, roles, grants and policies away while they are used: nothing that starts after the
# acknowledgement may succeed. Then the same to streams that are open: none may tell of anything that happened after it, and all must
# end; a round of five kinds for each 50 races. ./test.sh runs 60 races and one round.
#
#   tests/campaigns/revocation/run.sh [RACES] [SEED]
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_REVOCATION_RACES=${1:-10000} WT_REVOCATION_SEED=${2:-$RANDOM}
export WT_REVOCATION_STREAMS=$((WT_REVOCATION_RACES / 50 + 1))
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~Races --logger "console;verbosity=detailed"
