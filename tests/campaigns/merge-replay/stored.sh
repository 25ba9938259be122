#!/usr/bin/env bash
# Imports repositories of git, repeats every two-parent merge of their branches and tags with `wt debug merge`, which reads our store
# alone, and with `git merge-tree --write-tree`, and compares verdicts, trees of clean merges, and times of the two commands.
# usage: stored.sh [--from N] [--limit N] [--gc] REPOSITORY...   (git 2.39 or later; the repositories are only read)
# --from begins with the N-th newest merge, --limit takes N of them, --gc packs the imported store first. WORK=DIR keeps clones and stores in DIR and uses what is there.
# Exit code 1 where fewer than 99.9 % are the same.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
limit=1000000000 from=1 gc=
while [[ ${1:-} == --* ]]; do
  case $1 in
    --limit) limit=$2; shift 2 ;;
    --from) from=$2; shift 2 ;;
    --gc) gc=1; shift ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
done
[ $# -gt 0 ] || { echo "usage: stored.sh [--from N] [--limit N] [--gc] REPOSITORY..." >&2; exit 2; }
[ -n "${SKIP_BUILD:-}${WT_BIN:-}" ] || "$root/eng/dist/build"
. "$root/eng/environment.sh"
folder=${WORK:-$(mktemp -d /tmp/wt-m-XXXXXX)}
export PATH=$(readlink -f "${WT_BIN:-$root/artifacts/bin}"):$PATH NO_COLOR=1 HOME=$folder/home XDG_RUNTIME_DIR=$folder/run
mkdir -p "$HOME" && mkdir -p -m 700 "$XDG_RUNTIME_DIR"
trap 'wt worker stop >/dev/null 2>&1 || true; [ -n "${WORK:-}" ] || rm -rf "$folder"' EXIT
failed=0

for source in "$@"; do
  name=$(basename "$(dirname "$(readlink -f "$source")")")-$(basename "$source" .git)
  # What git writes goes to a scratch repository that borrows the objects.
  git=$folder/$name.git
  [ -d "$git" ] || git clone -q --bare --shared "$(readlink -f "$source")" "$git"
  git -C "$git" log --branches --tags --min-parents=2 --max-parents=2 --format=%P | tail -n "+$from" | head -n "$limit" >"$folder/pairs" || true
  [ -d "$folder/$name" ] || wt clone "$git" "$folder/$name" >/dev/null
  cd "$folder/$name"
  [ -z "$gc" ] || wt gc >/dev/null
  start=$EPOCHREALTIME
  git -C "$git" merge-tree --write-tree --name-only --no-messages --allow-unrelated-histories --stdin <"$folder/pairs" >"$folder/git.out"
  middle=$EPOCHREALTIME
  sed 's/\([0-9a-f]\{40\}\)/git:\1/g' "$folder/pairs" | wt debug merge >"$folder/our.out"
  end=$EPOCHREALTIME
  python3 "$root/tests/campaigns/merge-replay/compare.py" "$folder/pairs" "$folder/git.out" "$folder/our.out" || failed=1
  awk -v a="$start" -v b="$middle" -v c="$end" -v n="$name" 'BEGIN { printf "%s: git merge-tree %.1f s, wt debug merge %.1f s, ratio %.2f\n", n, b - a, c - b, (c - b) / (b - a) }'
  cd "$folder"
  wt worker stop >/dev/null
done
exit $failed
