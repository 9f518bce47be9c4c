#!/usr/bin/env bash
# Runs each fuzz target over its seed corpus once. usage: replay.sh PRESET
set -euo pipefail
cd "$(dirname "$0")/../.."
found=0
for program in build/"$1"/replay_*; do
    [ -x "$program" ] || continue
    name=$(basename "$program")
    "$program" test/fuzz/corpus/"${name#replay_}"/*
    found=$((found + 1))
done
[ $found -gt 0 ] || { echo "no fuzz target was built" >&2; exit 1; }
echo "$found fuzz targets replayed"
