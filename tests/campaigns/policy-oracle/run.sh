#!/usr/bin/env bash
# Compares the policy engine with the naive second evaluator of the tests, by default over a million generated cases, and a tenth of
# them through the command line as well (`worktree-server debug access`). ./test.sh does the same with 50,000 and 2,000.
# Exit code 1 at the first difference, which names its seed.
#
#   tests/campaigns/policy-oracle/run.sh [CASES] [SEED]
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_ORACLE_CASES=${1:-1000000} WT_ORACLE_SEED=${2:-$RANDOM}
export WT_DEBUG_ACCESS_CASES=$((WT_ORACLE_CASES / 10))
dotnet test "$repo/tests/Grains.Tests" -c Release --filter FullyQualifiedName~OracleTests --logger "console;verbosity=detailed"
dotnet test "$repo/tests/Silo.Tests" -c Release --filter FullyQualifiedName~DebugAccessTests --logger "console;verbosity=detailed"
