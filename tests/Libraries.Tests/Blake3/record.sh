#!/bin/sh
# Records what b3sum says of the first n bytes of the pattern 0, 1, ... 250, 0, 1, ...: one line "length hash" each.
set -eu
cd "$(dirname "$0")/Recorded"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
perl -e 'binmode STDOUT; print pack("C*", 0..250) x 4500' > "$work/pattern"
for length in 0 1 2 63 64 65 127 128 129 1023 1024 1025 2047 2048 2049 3072 3073 4096 4097 5120 7168 8191 8192 8193 \
    15360 16384 16385 17408 31744 32768 33000 65535 65536 65537 102400 131072 200000 262143 262144 262145 \
    300000 524288 524289 700001 1048575 1048576 1048577 1100000; do
    printf '%s %s\n' "$length" "$(head -c "$length" "$work/pattern" | b3sum --no-names)"
done > b3sum.txt
key='whats the Elvish word for friend'
for length in 0 1 64 65 1024 1025 2048 5000 16384 20000 300000; do
    head -c "$length" "$work/pattern" > "$work/input"
    printf '%s %s %s\n' "$length" \
        "$(printf %s "$key" | b3sum --no-names --length 131 --keyed "$work/input")" \
        "$(b3sum --no-names --length 131 --derive-key 'W0rktree 2025-01-01 test context' "$work/input")"
done > b3sum-modes.txt
