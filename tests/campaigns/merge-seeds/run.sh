#!/usr/bin/env bash
# Made histories, 600 to a seed: renames, moved directories, edits, modes, symlinks, additions and deletions on both sides, and 300 more with
# CRLF, binary and empty files, and files and directories that take each other's place. Each is merged here and by `git merge-tree
# --write-tree`: the same verdict, and where both are clean the same tree. ./test.sh does one seed.
# Exit code 1 where any merge differs; the first ten are printed with the trees that show it.
#
#   tests/campaigns/merge-seeds/run.sh [SEEDS] [FIRST]      100 seeds from a random one by default
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_MERGE_SEEDS=${1:-100} WT_MERGE_FIRST=${2:-$((RANDOM * 32768 + RANDOM))}
echo "$WT_MERGE_SEEDS seeds of 900 histories, from $WT_MERGE_FIRST"
dotnet test "$repo/tests/Core.Tests" -c Release --nologo --filter "FullyQualifiedName~GitReplayTests.Made_histories"
