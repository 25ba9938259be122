#!/usr/bin/env bash
# Measures how long an overlap warning takes: from the server's acknowledgement of a staged snapshot (server_time) to the
# line of the other developer's `wt staged watch --json`. usage: run.sh [ROUNDS]   (20 by default)
# Prints every delay in milliseconds and, last, the median. Exit code 1 when the median is over 1,000 ms.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.." && pwd)
rounds=${1:-20}
"$root/eng/dist/build"
. "$root/eng/environment.sh"
export PATH=$root/artifacts/bin:$PATH NO_COLOR=1 WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S=1
folder=$(mktemp -d /tmp/wt-c-XXXXXX)
pids=()

as() { # person command...
  local who=$1
  shift
  env HOME="$folder/$who" XDG_RUNTIME_DIR="$folder/$who/run" "$@"
}
finish() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  for who in ada bob; do as $who wt worker stop >/dev/null 2>&1 || true; done
  worktree-server stop --data "$folder/server" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap finish EXIT

mkdir -p "$folder"/{ada,bob}/run "$folder/server"
chmod 700 "$folder"/{ada,bob}/run
worktree-server start --data "$folder/server" --listen 127.0.0.1:0 >"$folder/ready" 2>"$folder/server.log" &
until [ -s "$folder/ready" ]; do sleep 0.1; done
url=$(sed -n 's/.*"address":"\([^"]*\)".*/\1/p' "$folder/ready")
for who in ada bob; do
  echo "a long password of $who" | as $who wt login "$url" --register --user $who --email $who@example.org --password-stdin >/dev/null
done
as ada wt tenant create acme >/dev/null
as ada wt tenant add acme bob --role developer >/dev/null
mkdir "$folder/ada/w"
seq 100 >"$folder/ada/w/list.txt"
(cd "$folder/ada/w" && as ada wt init --owner acme --name shop && as ada wt push) >/dev/null
as bob wt clone "$url/acme/shop" "$folder/bob/w" >/dev/null

# Stamps each line at the moment it arrives.
watch() {
  (cd "$folder/$1/w" && exec env HOME="$folder/$1" XDG_RUNTIME_DIR="$folder/$1/run" wt staged watch --json) |
    python3 -uc '
import sys, time
while line := sys.stdin.readline():
    print(f"{time.time():.6f} {line}", end="", flush=True)' >"$folder/$1.events"
}
watch ada &
pids+=($!)
until grep -qs subscribed "$folder/ada.events"; do sleep 0.1; done
echo ada >>"$folder/ada/w/list.txt"
(cd "$folder/ada/w" && as ada wt snapshot -m "Ada works here" && as ada wt sync now) >/dev/null

for round in $(seq "$rounds"); do
  before=$(grep -c '"overlap"' "$folder/ada.events" || true)
  # A new text each round; an overlap that is known already is not told twice, so bob leaves the file in between.
  (cd "$folder/bob/w" && { seq 100; echo "bob $round"; } >list.txt && as bob wt snapshot -m "Round $round" && as bob wt sync now) >/dev/null
  for _ in $(seq 200); do
    [ "$(grep -c '"overlap"' "$folder/ada.events" || true)" = "$before" ] || break
    sleep 0.05
  done
  (cd "$folder/bob/w" && as bob wt staged clear) >/dev/null
done

python3 - "$folder/ada.events" <<'PY'
import datetime, json, statistics, sys
delays = []
for line in open(sys.argv[1], encoding="utf-8"):
    at, event = line.split(" ", 1)
    event = json.loads(event)
    if event["type"] == "overlap" and "server_time" in event:
        delays.append(1000 * (float(at) - datetime.datetime.fromisoformat(event["server_time"]).timestamp()))
print("delays in ms:", " ".join(f"{d:.0f}" for d in delays))
if not delays:
    sys.exit("no overlap warning came")
median = statistics.median(delays)
print(f"median of {len(delays)}: {median:.0f} ms")
sys.exit(0 if median <= 1000 else 1)
PY
