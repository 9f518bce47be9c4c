#!/usr/bin/env bash
# Runs the integration tests; a test that fails is run once more, alone, and named loudly either way.
set -uo pipefail
cd "$(dirname "$0")/../.."
tests=${YSNP_INTEGRATION_TESTS:-build/asan/integration_tests}
report=$(mktemp)
trap 'rm -f "$report"' EXIT
"$tests" --reporter compact --reporter "junit::out=$report" "$@"
status=$?
[ $status != 0 ] || exit 0
failures=$(python3 - "$report" <<'P'
import sys, xml.etree.ElementTree as tree
for case in tree.parse(sys.argv[1]).iter("testcase"):
    if case.find("failure") is not None or case.find("error") is not None:
        print(case.get("name").split("/")[0])
P
) || { echo "the report is unreadable: the tests crashed"; exit "$status"; }
[ -n "$failures" ] || exit "$status"
again=0
while IFS= read -r name; do
    echo "RETRY: \"$name\" failed and runs once more, alone"
    pattern=$(sed 's/[][\\,]/\\&/g' <<<"$name")
    if "$tests" --reporter compact "$pattern"; then echo "FLAKY: \"$name\" passed the second time"; else again=1; fi
done < <(sort -u <<<"$failures")
exit $again
