#!/usr/bin/env bash
# The pipeline from a simulated watcher to durable snapshots: clock, kernel queue, files, their writer, disk and power come from a
# seed. No acknowledged snapshot is lost, none holds half a save, every status is right. ./test.sh runs a slice of it.
# usage: tests/campaigns/pipeline/run.sh [SEEDS] [FIRST]     100,000 seeds from 1
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.."
export WT_PIPELINE_SEEDS=${1:-100000} WT_PIPELINE_FIRST=${2:-1}
dotnet build tests/LocalAgent.Tests -c Release -v q -nologo
dotnet test tests/LocalAgent.Tests -c Release --no-build -nologo --filter FullyQualifiedName~PipelineSimulationTests --logger "console;verbosity=detailed" |
  grep -E 'seeds|seed |Passed|Failed|Total'
