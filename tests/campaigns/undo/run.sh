#!/usr/bin/env bash
# Random operations (snapshots, switches, merges, restores, branches, undos) with random edits between them, then taken back one
# by one and gone to by number: files with their modes, and every reference, have to be bit for bit what they were.
#
#   tests/campaigns/undo/run.sh [SEEDS] [FIRST]      500 sequences of 25 operations by default
set -euo pipefail
repo=$(cd "$(dirname "$0")/../../.." && pwd)
export WT_UNDO_SEEDS=${1:-500} WT_UNDO_FIRST=${2:-$((RANDOM * 32768 + RANDOM))}
echo "$WT_UNDO_SEEDS sequences, seeds from $WT_UNDO_FIRST"
dotnet test "$repo/tests/LocalAgent.Tests" -c Release --nologo --filter "FullyQualifiedName~Random_operations_taken_back_one_by_one_give_every_state_bit_for_bit" --logger "console;verbosity=detailed" |
  grep -E "Passed|Failed|seed|Error Message" # Nothing to print is a failure too: then no test ran.
