#!/usr/bin/env bash
# Secrets: plants 200 of 20 kinds and counts what is found, then looks through the tracked files of git repositories and counts what
# is flagged as a secret. usage: run.sh [REPOSITORY...]   (bare or not; give some with 10,000 files together)
# Exit code 1 when fewer than 95 % are found or more than 0.1 % of the files are flagged.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(cd "$here/../../.." && pwd)
[ -n "${PROGRAMS:-}" ] || [ -x "$root/artifacts/bin/wt" ] || "$root/eng/dist/build"
. "$root/eng/environment.sh"
wt=${PROGRAMS:-$root/artifacts/bin}/wt
folder=$(mktemp -d /tmp/wt-c-XXXXXX)
trap 'rm -rf "$folder"' EXIT
status=0

mkdir "$folder/planted"
python3 "$here/plant.py" "$folder/planted" 200 "${SEED:-1}" >"$folder/list"
(cd "$folder/planted" && cut -f1 "$folder/list" | "$wt" debug secrets | cut -f1 | sort -u) >"$folder/found"
sort -u <(cut -f1 "$folder/list") | comm -23 - "$folder/found" >"$folder/missed"
echo "planted 200, found $(wc -l <"$folder/found"), missed: $(grep -Ff "$folder/missed" "$folder/list" | cut -f2 | sort | uniq -c | tr '\n' ',' || true)"
[ "$(wc -l <"$folder/found")" -ge 190 ] || status=1

files=0 flagged=0
for repository in "$@"; do
  mkdir "$folder/tree"
  git -C "$repository" archive HEAD | tar -x -C "$folder/tree"
  (cd "$folder/tree" && find . -type f -printf '%P\n') >"$folder/names"
  (cd "$folder/tree" && "$wt" debug secrets <"$folder/names") >"$folder/findings"
  # Line 0 is the kind of a file, such as an archive: that is no mistake about a secret, and counted apart.
  secrets=$(awk -F'\t' '$2 > 0 {print $1}' "$folder/findings" | sort -u | wc -l)
  kinds=$(awk -F'\t' '$2 == 0 {print $1}' "$folder/findings" | sort -u | wc -l)
  echo "$repository: $(wc -l <"$folder/names") files, $secrets flagged for a secret, $kinds held for their kind"
  awk -F'\t' '$2 > 0' "$folder/findings" | sed "s|^|  |"
  files=$((files + $(wc -l <"$folder/names"))) flagged=$((flagged + secrets))
  rm -rf "$folder/tree"
done
if [ $files -gt 0 ]; then
  echo "$files files, $flagged flagged: $(awk "BEGIN {printf \"%.3f\", 100 * $flagged / $files}") %"
  [ $((flagged * 1000)) -le $files ] || status=1
fi
exit $status
