#!/usr/bin/env bash
# The pipeline from a simulated watcher to durable snapshots: clock, kernel queue, files, their writer, disk and power come from a
# seed. No acknowledged snapshot is lost, none holds half a save, every status is right. ./test.sh runs a slice of it.
# usage: tests/campaigns/pipeline/run.sh [SEEDS] [FIRST]     100,000 seeds from 1; the seeds are shared out to all cores
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.."
seeds=${1:-100000} first=${2:-1} cores=$(nproc)
dotnet build tests/LocalAgent.Tests -c Release -v q -nologo
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
runs=()
for ((core = 0; core < cores; core++)); do
  from=$((seeds * core / cores)) to=$((seeds * (core + 1) / cores))
  [ "$to" -gt "$from" ] || continue
  WT_PIPELINE_SEEDS=$((to - from)) WT_PIPELINE_FIRST=$((first + from)) dotnet vstest tests/LocalAgent.Tests/bin/Release/net10.0/W0rktree.LocalAgent.Tests.dll \
    --TestCaseFilter:FullyQualifiedName~PipelineSimulationTests.No_acknowledged --logger:"console;verbosity=detailed" > "$logs/$core" 2>&1 &
  runs+=($!)
done
failed=0
for run in "${runs[@]}"; do
  wait "$run" || failed=1
done
cat "$logs"/* | grep -E -A 3 'seeds from|seed [0-9]|Passed|Failed|Total|Error Message' || failed=1
exit "$failed"
