#!/usr/bin/env bash
# An attacker lets a folder of the working copy and a symlink that leads out of it change places, again and again, while a
# checkout writes and removes files in it. Nothing may appear outside. './test.sh' runs a slice of it.
#
#   tests/campaigns/symlink-swap/run.sh [SWAPS]      100,000 by default
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.."
. eng/environment.sh
export WT_SWAPS=${1:-100000}
echo "$WT_SWAPS swaps"
dotnet test tests/LocalAgent.Tests -c Release -nologo --filter "FullyQualifiedName~SymlinkSwapTests" --logger "console;verbosity=detailed" |
  grep -E 'swaps|Passed|Failed|outside'
