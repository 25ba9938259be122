#!/usr/bin/env bash
# Sends generated requests of one tenant to two servers that differ only in what another tenant keeps secret: every answer must be the
# same, byte for byte. ./test.sh sends 400.
#
#   tests/campaigns/non-interference/run.sh [REQUESTS] [SEED]
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_NON_INTERFERENCE_REQUESTS=${1:-20000} WT_NON_INTERFERENCE_SEED=${2:-$RANDOM}
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~NonInterference --logger "console;verbosity=detailed"
