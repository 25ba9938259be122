#!/usr/bin/env bash
# Repeats every two-parent merge of git repositories with the product's merge and with `git merge-tree --write-tree`.
# usage: run.sh [--limit N] REPOSITORY...   (git 2.39 or later; the repositories are only read: git's results go to a scratch one)
# Then compares the renames of the newest 2,000 commits that add and delete files with those of git diff -M50%.
# Prints each difference, and for each repository the number of equal verdicts and trees and the times.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
limit=1000000000
if [ "${1:-}" = --limit ]; then
  limit=$2
  shift 2
fi
[ $# -gt 0 ] || { echo "usage: run.sh [--limit N] REPOSITORY..." >&2; exit 2; }
dotnet build "$here/MergeReplay.csproj" -c Release -v q -nologo
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for repository in "$@"; do
  name=$(basename "$(dirname "$(readlink -f "$repository")")")-$(basename "$(readlink -f "$repository")")
  git clone -q --bare --shared "$repository" "$scratch/$name"
  echo "== $name"
  dotnet "$here/bin/Release/net10.0/W0rktree.MergeReplay.dll" "$scratch/$name" "$limit"
  dotnet "$here/bin/Release/net10.0/W0rktree.MergeReplay.dll" --renames "$scratch/$name" 2000
done
