#!/usr/bin/env bash
# Fails where clang-format would change a source file.
set -euo pipefail
cd "$(dirname "$0")/../.."
for version in 16 17 18 19 20 21; do command -v "clang-format-$version" >/dev/null && break; done
[ "$version" = 16 ] || { echo "skipped: the sources are formatted by clang-format 16, this machine has $version"; exit 77; }
git ls-files '*.h' '*.cpp' '*.c' | xargs "clang-format-$version" --dry-run -Werror
