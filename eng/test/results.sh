# Sourced by test.sh: counts, and what is said of failures and skips.
passed=0 failed=0 skipped=0

record_pass() { passed=$((passed + 1)); }
record_failure() { # what, message
  failed=$((failed + 1))
  echo "FAILED $1: $2"
}

# Reads one project's results file. A project that ended without one, or that says less than its exit code, is a
# failure of its own: a crash must not look like fewer tests.
collect() { # project, exit code, trx, log
  local counts p=0 f=0 s=0
  if [ -f "$3" ]; then
    awk -v project="$1" -f "$root/eng/test/trx.awk" "$3" >"$results/$1.summary"
    counts=$(tail -n 1 "$results/$1.summary")
    sed '$d' "$results/$1.summary"
    read -r p f s <<<"$counts"
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  if [ "$2" = 124 ] || [ "$2" = 137 ]; then
    record_failure "$1" "did not end within $project_seconds s; the end of its output:"
  elif [ "$2" != 0 ] && [ "$f" = 0 ]; then
    record_failure "$1" "ended with code $2; the end of its output:"
  elif [ $((p + f + s)) = 0 ]; then
    record_failure "$1" "ran no test; the end of its output:"
  else
    return 0
  fi
  # A crash says why above a long stack.
  { grep -m 2 -A 3 -E 'Process terminated|Unhandled exception|Fatal error|crashed' "$4" || true; echo ...; tail -n 15 "$4"; } | sed 's/^/    /'
}

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ] && exit 0
  exit 1
}
