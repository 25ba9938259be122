#!/usr/bin/env bash
# Compares the policy engine with the naive second evaluator of the tests, by default over a million generated cases.
# ./test.sh does the same with 50,000. Exit code 1 at the first difference, which names its seed.
#
#   tests/campaigns/policy-oracle/run.sh [CASES] [SEED]
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_ORACLE_CASES=${1:-1000000} WT_ORACLE_SEED=${2:-$RANDOM}
dotnet test "$repo/tests/Grains.Tests" -c Release --filter FullyQualifiedName~OracleTests --logger "console;verbosity=detailed"
