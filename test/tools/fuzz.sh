#!/usr/bin/env bash
# Fuzzes each target for SECONDS_EACH seconds (60), beginning with its seed corpus; findings land in build/fuzz-findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
test/tools/build.sh fuzz fuzz_targets
mkdir -p build/fuzz-findings
for program in build/fuzz/fuzz_*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    name=$(basename "$program")
    grown=build/fuzz-corpus/$name
    mkdir -p "$grown"
    echo "== $name"
    "$program" -max_total_time="${SECONDS_EACH:-60}" -timeout=10 -rss_limit_mb=4096 -print_final_stats=0 \
        -artifact_prefix="build/fuzz-findings/$name-" "$grown" "test/fuzz/corpus/${name#fuzz_}"
done
