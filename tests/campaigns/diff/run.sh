#!/usr/bin/env bash
# Gives our patches to git apply and patch, and holds their length and time against git diff --histogram.
# usage: run.sh [--pairs N] [--seed N] [--commits N] [REPOSITORY...]      (by default 10,000 made pairs and 500 commits of each)
# 1. Made pairs: one patch for all; git apply and patch have to make the new folder of the old one.
# 2. Each of the newest commits with one parent: our patch on its parent's index has to give its tree, renames and copies included.
# 3. Length without index lines, and whole-process times for the same files, three runs each in turn, the least counts.
# Exit code 1 when a patch gives anything else.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
pairs=10000 commits=500 seed=$RANDOM
while [ $# -gt 0 ]; do
  case $1 in
    --pairs) pairs=$2; shift 2 ;;
    --commits) commits=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    *) break ;;
  esac
done
[ -n "${SKIP_BUILD:-}" ] || dotnet build "$here/DiffCampaign.csproj" -c Release -v q -nologo
ours() { dotnet "$here/bin/Release/net10.0/W0rktree.DiffCampaign.dll" "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
failed=0

theirs() { (cd "$1" && git diff --no-index --histogram old new) || [ $? -eq 1 ]; }
length() { grep -av '^index ' | wc -c; }
least() { # command...: the least of three whole-process times in seconds
  local best=999 start now
  for _ in 1 2 3; do
    start=$EPOCHREALTIME
    "$@" >/dev/null
    now=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }')
    best=$(awk -v a="$best" -v b="$now" 'BEGIN { print a < b ? a : b }')
  done
  echo "$best"
}
compare() { # folder with old and new: length and time of both
  local our their our_time their_time
  our=$(ours diff "$1/old" "$1/new" | length)
  their=$(theirs "$1" | length)
  # git names its folders in each of three lines of a file's head, 4 bytes a name: those are not ours to answer for.
  their=$((their - $(theirs "$1" | grep -acE '^(diff --git|--- a/old|\+\+\+ b/new)') * 4 - $(theirs "$1" | grep -ac '^diff --git') * 4))
  their_time=$(least theirs "$1")
  our_time=$(least ours diff "$1/old" "$1/new")
  awk -v o="$our" -v t="$their" -v ot="$our_time" -v tt="$their_time" 'BEGIN { printf "  length %d, git %d: ratio %.4f; time %.2f s, git %.2f s: ratio %.2f\n", o, t, o / t, ot, tt, ot / tt }'
}

ours make "$seed" "$pairs" "$work/made"
ours diff "$work/made/old" "$work/made/new" >"$work/made.patch"
cp -r "$work/made/old" "$work/applied"
(cd "$work/applied" && git init -q . && git apply --whitespace=nowarn "$work/made.patch" && rm -rf .git)
# An emptied file is removed by neither: both programs keep what the patch does not call deleted.
if diff -r "$work/applied" "$work/made/new" >"$work/differences"; then
  echo "git apply: $pairs made pairs, seed $seed, all right"
else
  echo "git apply DIFFERS, seed $seed: $(head -n 3 "$work/differences")"
  failed=1
fi
rm -rf "$work/applied"
if command -v patch >/dev/null; then
  cp -r "$work/made/old" "$work/applied"
  (cd "$work/applied" && patch -p1 -s --binary --no-backup-if-mismatch <"$work/made.patch") || failed=1
  # patch removes a file that a patch empties unless it is told to be POSIX; an empty file and none are the same to it.
  find "$work/made/new" -type f -empty | while read -r file; do touch "$work/applied/$(basename "$file")"; done
  if diff -r "$work/applied" "$work/made/new" >"$work/differences"; then
    echo "patch: $pairs made pairs, all right"
  else
    echo "patch DIFFERS, seed $seed: $(head -n 3 "$work/differences")"
    failed=1
  fi
  rm -rf "$work/applied"
fi
compare "$work/made"

for repository in "$@"; do
  folder=$work/commits
  echo "$(basename "$(dirname "$(readlink -f "$repository")")")-$(basename "$repository" .git): $(ours commits "$repository" "$commits" "$folder")"
  git init -q --bare "$work/scratch.git"
  echo "$(cd "$repository" && git rev-parse --path-format=absolute --git-path objects)" >"$work/scratch.git/objects/info/alternates"
  right=0 wrong=0
  for info in "$folder"/*.info; do
    read -r parent tree commit <"$info"
    export GIT_DIR=$work/scratch.git GIT_INDEX_FILE=$work/index
    git read-tree "$parent"
    patch=${info%.info}.patch
    { [ ! -s "$patch" ] || git apply --cached --whitespace=nowarn "$patch"; } && tail -n +2 "$info" | git update-index --index-info || true
    if [ "$(git write-tree)" = "$tree" ]; then right=$((right + 1)); else wrong=$((wrong + 1)); echo "  WRONG $commit"; fi
    unset GIT_DIR GIT_INDEX_FILE
  done
  echo "  $right patches give the commit's tree, $wrong do not"
  [ "$wrong" -eq 0 ] || failed=1
  compare "$folder"
  rm -rf "$folder" "$work/scratch.git"
done
exit $failed
