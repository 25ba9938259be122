#!/usr/bin/env bash
# Imports repositories of git, holds every commit and tree against git, exports them, and measures.
# usage: run.sh REPOSITORY...   (each is cloned to a bare repository with its branches and tags first; nothing is written to it)
# For each: seconds of `git fsck --full` and of the import with their ratio, and of the whole `wt clone` with its checkout; size of the store after `wt gc` against git's pack,
# whether `wt debug git-ids` (computed from our objects alone) equals `git log --format='%H %T'`, whether the exported references
# equal git's, and `git fsck --strict` of the export where the original passes it. SKIP_GC=1, SKIP_EXPORT=1 and SKIP_IDS=1 leave steps out.
# WORK=DIR keeps clones and stores in DIR, for history/run.sh and merge-replay/stored.sh too; what was imported there is not imported again.
# Exit code 1 when ids or references differ.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
[ -n "${SKIP_BUILD:-}${WT_BIN:-}" ] || "$root/eng/dist/build"
. "$root/eng/environment.sh"
bin=$(readlink -f "${WT_BIN:-$root/artifacts/bin}")
folder=${WORK:-$(mktemp -d /tmp/wt-g-XXXXXX)}
export PATH=$bin:$PATH NO_COLOR=1 HOME=$folder/home XDG_RUNTIME_DIR=$folder/run
mkdir -p "$HOME" && mkdir -p -m 700 "$XDG_RUNTIME_DIR"
trap 'wt worker stop >/dev/null 2>&1 || true; [ -n "${WORK:-}" ] || rm -rf "$folder"' EXIT
failed=0

seconds() { # command...: runs it, its output to $folder/out, and gives the seconds it took
  local start=$EPOCHREALTIME
  "$@" >"$folder/out" 2>&1 || { cat "$folder/out" >&2; return 1; }
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
}

# Processor seconds of a process and of those that it started and that ended; on a busy machine they say more than the clock.
processor() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15 + $16 + $17) / hz }' "/proc/$1/stat"; }

for source in "$@"; do
  name=$(basename "$(dirname "$source")")-$(basename "$source" .git)
  git=$folder/$name.git
  [ -d "$git" ] || git clone -q --bare "file://$(readlink -f "$source")" "$git"
  packed=$(git -C "$git" count-objects -v | awk '/^size-pack/ { print $2 * 1024 }')
  commits=$(git -C "$git" rev-list --count --branches --tags)
  if [ ! -d "$folder/$name" ]; then
    before=$(processor $$)
    fsck=$(seconds git -C "$git" fsck --full)
    fsck_processor=$(awk -v a="$before" -v b="$(processor $$)" 'BEGIN { printf "%.1f", b - a }')
    wt worker start >/dev/null
    whole=$(seconds wt clone "$git" "$folder/$name")
    import=$(sed -n "s/.*imported $commits commits of .* in \([0-9.]*\) s.*/\1/p" "$HOME/.local/share/w0rktree/logs/worker.log" | tail -n1)
    pid=$(cat "$HOME/.local/share/w0rktree/worker.pid")
    echo "$name: processor time of fsck $fsck_processor s, of the agent with the checkout $(processor "$pid") s"
    echo "$name: $commits commits, fsck $fsck s, import $import s, ratio $(awk -v a="$import" -v b="$fsck" 'BEGIN { printf "%.2f", a / b }'), clone with checkout $whole s, peak $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status") MiB"
  fi
  cd "$folder/$name"
  store=$HOME/.local/share/w0rktree/stores/$(sed -n 's/.*"tree":"\([0-9a-f]*\)".*/\1/p' .wt/state/copy.json)

  if [ -z "${SKIP_IDS:-}" ]; then
    git -C "$git" log --branches --tags --format='%H %T' | sort >"$folder/git.ids"
    computing=$(seconds bash -c "wt debug git-ids | sort >'$folder/our.ids'")
    if cmp -s "$folder/git.ids" "$folder/our.ids"; then
      echo "  all $commits commits and trees computed from our objects equal git's ($computing s)"
    else
      echo "  DIFFERENT: $(diff "$folder/git.ids" "$folder/our.ids" | head -n 3)"
      failed=1
    fi
  fi

  if [ -z "${SKIP_EXPORT:-}" ]; then
    rm -rf "$folder/$name-back.git"
    export=$(seconds wt git export "$folder/$name-back.git")
    strict="clean"
    git -C "$folder/$name-back.git" fsck --strict --full >"$folder/strict" 2>&1 || strict="complains"
    original="clean"
    git -C "$git" fsck --strict --full >/dev/null 2>&1 || original="complains"
    if diff <(git -C "$git" for-each-ref refs/heads refs/tags) <(git -C "$folder/$name-back.git" for-each-ref) >/dev/null; then
      echo "  all $(git -C "$git" for-each-ref refs/heads refs/tags | wc -l) branches and tags exported with git's ids ($export s); fsck --strict: export $strict, original $original"
    else
      echo "  EXPORT DIFFERENT"
      failed=1
    fi
  fi

  before=$(du -sb "$store" | cut -f1)
  if [ -z "${SKIP_GC:-}" ]; then
    gc=$(seconds wt gc)
    after=$(du -sb "$store" | cut -f1)
    echo "  store $before bytes, after wt gc $after ($gc s); git's pack $packed: ratio $(awk -v a="$after" -v b="$packed" 'BEGIN { printf "%.2f", a / b }')"
  else
    echo "  store $before bytes; git's pack $packed"
  fi
  cd "$folder"
  wt worker stop >/dev/null
done
exit $failed
