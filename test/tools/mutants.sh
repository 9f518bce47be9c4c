#!/usr/bin/env bash
# Builds the debug unit tests, then lets mutants.py break them.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 test/tools/mutants.py --check
test/tools/build.sh dev unit_tests
python3 test/tools/mutants.py "$@"
