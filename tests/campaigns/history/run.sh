#!/usr/bin/env bash
# Holds `wt log PATH` and `wt blame` against git on real repositories: the same answers, and the time of both.
# usage: run.sh [--paths N] [--files N] [--seed N] REPOSITORY...   (by default the history of 60 paths and the blame of 25 files)
# Each repository is cloned to a bare one with its branches and tags, imported, and the history index is built; its time and size are told.
# WORK=DIR keeps clones and stores in DIR and uses what is there.
# git answers twice: as cloned, and with a commit-graph with changed paths. All are whole processes, one question each, in turn.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../../.." && pwd)
questions=()
while [[ ${1:-} == --* ]]; do questions+=("$1" "$2"); shift 2; done
[ $# -gt 0 ] || { echo "usage: run.sh [--paths N] [--files N] [--seed N] REPOSITORY..." >&2; exit 2; }
[ -n "${SKIP_BUILD:-}" ] || "$root/eng/dist/build"
. "$root/eng/environment.sh"
bin=$(readlink -f "$root/artifacts/bin")
folder=${WORK:-$(mktemp -d /tmp/wt-h-XXXXXX)}
export PATH=$bin:$PATH NO_COLOR=1 HOME=$folder/home XDG_RUNTIME_DIR=$folder/run GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME" && mkdir -p -m 700 "$XDG_RUNTIME_DIR"
trap 'wt worker stop >/dev/null 2>&1 || true; [ -n "${WORK:-}" ] || rm -rf "$folder"' EXIT
wt worker start >/dev/null
failed=0
for source in "$@"; do
  name=$(basename "$(dirname "$(readlink -f "$source")")")-$(basename "$source" .git)
  if [ ! -d "$folder/$name" ]; then
    [ -d "$folder/$name.git" ] || git clone -q --bare --single-branch "file://$(readlink -f "$source")" "$folder/$name.git"
    wt clone "$folder/$name.git" "$folder/$name" >/dev/null
  fi
  if [ ! -d "$folder/$name-graph.git" ]; then
    cp -r "$folder/$name.git" "$folder/$name-graph.git"
    git -C "$folder/$name-graph.git" commit-graph write --reachable --changed-paths 2>/dev/null
  fi
  start=$EPOCHREALTIME
  index=$(cd "$folder/$name" && wt debug history)
  awk -v n="$name" -v i="$index" -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%s: index %s (%.1f s)\n", n, i, b - a }'
  python3 "$here/compare.py" "${questions[@]}" "$folder/$name" "$folder/$name.git" "$folder/$name-graph.git" || failed=1
done
exit $failed
