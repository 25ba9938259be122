#!/usr/bin/env bash
# Cuts the power at every kind of point of traced work on a store, and rebuilds the states that a disk may be left in: what was
# not synced dropped, kept, torn in the middle, or reordered by sectors and names. Each is recovered and checked against what was
# acknowledged; some recoveries are cut again. ./test.sh runs a slice of it.
# usage: tests/campaigns/powercut/run.sh [STATES] [SEED]     20000 states unless given; a seed starts elsewhere
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.."
export WT_POWERCUT_STATES=${1:-20000} WT_POWERCUT_SEED=${2:-1}
dotnet build tests/Storage.Tests -c Release -v q -nologo
dotnet test tests/Storage.Tests -c Release --no-build -nologo --filter FullyQualifiedName~PowerCutTests --logger "console;verbosity=detailed" |
  grep -E 'states|seed|Passed|Failed|Total'
