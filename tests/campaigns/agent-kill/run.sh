#!/usr/bin/env bash
# Kills the agent amid snapshots, again and again, and asks after each kill: does the store verify, is every file in the
# recovered state, does 'wt status' tell the truth? Prints one line a round and exits 1 at the first wrong answer.
#
#   tests/campaigns/agent-kill/run.sh [ROUNDS] [FILES]      50 rounds of 5,000 files by default
#
# SEED repeats the choices of a run. The last line tells how many kills hit a snapshot under way.
set -euo pipefail
rounds=${1:-50} files=${2:-5000}
repo=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
"$repo/eng/dist/build"
. "$repo/eng/environment.sh"
export PATH=$repo/artifacts/bin:$PATH NO_COLOR=1
wt=wt
seed=${SEED:-$RANDOM}; RANDOM=$seed
folder=$(mktemp -d)
export HOME=$folder/home XDG_RUNTIME_DIR=$folder/run
unset XDG_DATA_HOME XDG_CONFIG_HOME
# Only 'wt snapshot' makes snapshots here, so that a kill hits that one.
export WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S=3600 WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES=10000000 WT_WORKER_SNAPSHOT_MAX_CHANGED_BYTES=1000000000000
mkdir -p "$HOME" "$XDG_RUNTIME_DIR" "$folder/work"
chmod 700 "$XDG_RUNTIME_DIR"
hit=0
pid_file=$HOME/.local/share/w0rktree/worker.pid
trap '"$wt" worker stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT

fail() { echo "round $round: $1 (seed $seed)" >&2; tail -20 "$HOME/.local/share/w0rktree/logs/worker.log" >&2; exit 1; }

cd "$folder/work"
"$wt" init >/dev/null
echo "$rounds rounds, $files files, seed $seed"
for ((round = 1; round <= rounds; round++)); do
    for ((i = 0; i < files; i++)); do
        dir=d$((i % 50)); [[ -d $dir ]] || mkdir "$dir"
        echo "round $round file $i" > "$dir/f$i.txt"
    done
    "$wt" snapshot -m "round $round" >/dev/null 2>&1 &
    client=$!
    after=$((60 + RANDOM % 440))
    sleep "$((after / 1000)).$(printf %03d $((after % 1000)))"
    kill -9 "$(cat "$pid_file")" 2>/dev/null || true
    # The command fails when the agent died under it.
    wait "$client" 2>/dev/null && cut=beside || { cut=amid; hit=$((hit + 1)); }

    changes=$("$wt" status --json | grep -o '"changes":\[[^]]*\]' || true)
    [[ $changes == '"changes":[]' ]] || fail "status tells changes after the recovery: ${changes:0:300}"
    verified=$("$wt" debug verify) || fail "the store does not verify: $verified"
    [[ $verified == Healthy* ]] || fail "the store does not verify: $verified"
    for n in 0 $(for _ in {1..10}; do echo $((RANDOM % files)); done) $((files - 1)); do
        path=d$((n % 50))/f$n.txt
        [[ $(<"$path") == "round $round file $n" ]] || fail "$path was lost in the working directory"
        [[ $("$wt" show main "$path") == "round $round file $n" ]] || fail "$path was lost in the snapshot"
    done
    "$wt" diff --name-only | grep -q . && fail "the working directory differs from the line's tip"
    echo "round $round: killed $cut the snapshot, after $after ms; $verified"
done
echo "passed: $rounds kills, $hit of them amid a snapshot, nothing lost"
