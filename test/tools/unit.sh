#!/usr/bin/env bash
# Runs a unit program; one that fails, but not by a sanitizer's finding, runs once more and is named loudly.
# usage: unit.sh PROGRAM ARGUMENTS...
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>&1 | tee "$log"
[ "${PIPESTATUS[0]}" != 0 ] || exit 0
! grep -q Sanitizer "$log" || exit 1
echo "RETRY: $(basename "$1") failed and runs once more"
"$@" || exit 1
echo "FLAKY: $(basename "$1") passed the second time"
