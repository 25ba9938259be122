#!/usr/bin/env bash
# Installs what the tests need, builds the solution once, runs every test project and counts.
# usage: ./test.sh [NAME...]   only test projects whose name contains one of the NAMEs (./test.sh Core Storage)
# The last line is `N passed, N failed, N skipped`; exit code 1 when anything failed, crashed, or nothing ran.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cd "$root"
exec </dev/null
. eng/environment.sh
. eng/test/results.sh

case ${1:-} in -h | --help) sed -n '2,4s/^# //p' "$0"; exit 0 ;; esac

configuration=Release
results=$root/artifacts/test-results
# The slowest project is given four times what it takes on two slow cores; a hang ends there.
project_seconds=${TEST_PROJECT_SECONDS:-1200}
started=$SECONDS
rm -rf "$results"
mkdir -p "$results"

# --- which projects -----------------------------------------------------------------------------------------------
projects=()
while IFS= read -r project; do
  name=$(basename "$project" .csproj)
  if [ $# -eq 0 ]; then projects+=("$project"); continue; fi
  for wanted in "$@"; do
    case ${name,,} in *"${wanted,,}"*) projects+=("$project"); break ;; esac
  done
done < <(sed -n 's/^Project.*"\(tests[^"]*\.Tests\.csproj\)".*/\1/p' W0rktree.sln | tr '\\' '/' | tr -d '\r')
if [ ${#projects[@]} -eq 0 ]; then
  echo "test.sh: no test project of W0rktree.sln is named like: $*" >&2
  finish
fi

# --- what the tests need --------------------------------------------------------------------------------------------
eng/test/install || echo "test.sh: some tools could not be installed; the tests that need them say so as skips"
command -v dotnet >/dev/null || { record_failure build "dotnet is not on the PATH: install the .NET SDK of global.json"; finish; }
eng/probe

# --- build ----------------------------------------------------------------------------------------------------------
echo "test.sh: building ..."
build() {
  if [ $# -eq 0 ]; then
    dotnet build W0rktree.sln -c $configuration -v q -nologo -m -nodeReuse:false
  else
    local project
    for project in "$@"; do dotnet build "$project" -c $configuration -v q -nologo -m -nodeReuse:false || return 1; done
  fi
}
code=0
if [ $# -eq 0 ]; then build || code=$?; else build "${projects[@]}" || code=$?; fi >"$results/build.log" 2>&1
if [ "$code" != 0 ]; then
  grep -E '(error|warning) ' "$results/build.log" | awk '!seen[$0]++' | head -n 60 || tail -n 40 "$results/build.log"
  record_failure build "the build failed (artifacts/test-results/build.log)"
  finish
fi
record_pass
echo "test.sh: built in $((SECONDS - started)) s"

# --- formatting, of everything that is tracked -------------------------------------------------------------------------
check_format() {
  # By folder: without loading the projects it takes seconds. What builds generate is no source of ours.
  timeout 120 dotnet format whitespace --folder . --verify-no-changes --exclude artifacts '**/obj/' '**/bin/' >"$results/format.log" 2>&1
}
if [ $# -eq 0 ]; then
  if check_format; then record_pass; else
    sed "s|$root/||" "$results/format.log" | head -n 20
    record_failure format "whitespace is not as .editorconfig says; mend it with: dotnet format whitespace --folder ."
  fi
fi

# --- run, two projects at once --------------------------------------------------------------------------------------------
run_project() { # project file
  local name folder dll code=0 begin=$SECONDS
  name=$(basename "$1" .csproj) folder=$(dirname "$1")
  dll=$(find "$folder/bin/$configuration" -name "W0rktree.$name.dll" -not -path '*/ref*/*' -print -quit)
  timeout -k 10 "$project_seconds" dotnet vstest "${dll:-missing:$name}" --logger:"trx;LogFileName=$name.trx" \
    --ResultsDirectory:"$results" >"$results/$name.log" 2>&1 || code=$?
  echo "$code" >"$results/$name.code"
  echo "test.sh: $name took $((SECONDS - begin)) s"
}

# The end-to-end tests run the programs as a user has them. Compiling those takes minutes, in which others run already.
publish() {
  local begin=$SECONDS
  eng/dist/build || touch "$results/dist.failed"
  touch "$results/dist.done"
  echo "test.sh: programs published in $((SECONDS - begin)) s"
}

# next: the project to run now, the longest first, so that none runs alone at the end; nothing while only those are left that wait
# for the programs
next() {
  local wanted project
  for wanted in EndToEnd LocalAgent Silo GitBridge ""; do
    for project in "${waiting[@]}"; do
      case $project in
        *EndToEnd*) [ -e "$results/dist.done" ] || continue ;;
      esac
      case $project in *"$wanted"*) echo "$project"; return ;; esac
    done
  done
  return 0
}

waiting=("${projects[@]}")
case " ${projects[*]} " in *EndToEnd*) publish & ;; esac
while [ ${#waiting[@]} -gt 0 ]; do
  project=$(next)
  if [ -z "$project" ] || [ "$(jobs -rp | wc -l)" -ge 2 ]; then wait -n || true; continue; fi
  run_project "$project" &
  for i in "${!waiting[@]}"; do [ "${waiting[$i]}" != "$project" ] || unset "waiting[$i]"; done
done
wait
[ ! -e "$results/dist.failed" ] || record_failure dist "the programs could not be published (artifacts/dist.log)"

for project in "${projects[@]}"; do
  name=$(basename "$project" .csproj)
  collect "$name" "$(cat "$results/$name.code")" "$results/$name.trx" "$results/$name.log"
done
echo "test.sh: ${#projects[@]} projects in $((SECONDS - started)) s"
finish
