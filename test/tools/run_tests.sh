#!/usr/bin/env bash
# Everything that CI checks, in the order in which it fails fastest. usage: run_tests.sh [PART...]
# parts: house asan vault tsan release engine engine26 (default: all). The last line counts them: "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
passed=0 failed=0 skipped=0

step() { # step NAME COMMAND...: one line of result, the output only where it failed
    local name=$1 log status started=$SECONDS
    shift
    log=build/log/$(tr ' /' '--' <<<"$name").log
    mkdir -p build/log
    "$@" >"$log" 2>&1
    status=$?
    if [ $status = 0 ]; then
        passed=$((passed + 1))
        echo "ok      $name ($((SECONDS - started)) s)"
        grep -hE '^(SKIPPED|skipped|RETRY|FLAKY)|: skipped' "$log" | sed 's/^/        /' | sort -u || true
    elif [ $status = 77 ]; then
        skipped=$((skipped + 1))
        echo "SKIPPED $name: $(tail -1 "$log")"
    else
        failed=$((failed + 1))
        echo "FAILED  $name (exit $status, $((SECONDS - started)) s); the end of $log:"
        tail -60 "$log" | sed 's/^/        /'
    fi
    return $status
}

unit() { # unit PRESET: every unit program, one step each
    local program
    step "build $1" test/tools/build.sh "$1" unit_tests fuzz_replays || return
    for program in build/"$1"/unit_*; do
        [ -x "$program" ] && [ -f "$program" ] || continue
        step "$1 $(basename "$program")" test/tools/unit.sh "$program" --reporter compact --rng-seed 1
    done
    step "$1 fuzz corpus" test/tools/replay.sh "$1"
}

part_house() {
    step "layers" python3 test/tools/layers.py
    step "format" test/tools/format.sh
    step "catalogue ids" python3 test/tools/cases.py --check
    step "mutants fit" python3 test/tools/mutants.py --check
}
part_asan() {
    export ASAN_OPTIONS=detect_stack_use_after_return=0:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
    unit asan
}
part_vault() { # needs the asan part's programs
    step "real Vault" test/tools/real_vault.sh
}
part_tsan() {
    export TSAN_OPTIONS="halt_on_error=1:suppressions=$PWD/test/tools/tsan.supp"
    unit tsan
}
part_release() { step "build release" test/tools/build.sh release ysnprunner && ln -sf release/ysnprunner build/ysnprunner; }
integration() { # integration NAME SOCKET
    local server
    step "build integration" test/tools/build.sh asan integration_tests fake-gitlab || return
    server=$(timeout 1500 test/vault/vaultd.sh) || echo "skipped: integration tests that need a real Vault"
    YSNP_VAULTD=$server DOCKER_HOST=unix://$2 YSNP_PROGRAM=$PWD/build/ysnprunner step "integration on $1" test/tools/integration.sh
}
part_engine() {
    step "engine" test/tools/engine.sh start || return
    integration "the machine's Engine" "${YSNP_ENGINE_SOCKET:-/var/run/docker.sock}"
}
part_engine26() {
    if [ "$(id -u)" != 0 ]; then skipped=$((skipped + 1)); echo "SKIPPED Engine 26.1: starting it needs root"; return; fi
    step "engine 26.1" test/tools/engine26.sh start || return
    YSNP_ENGINE_APART=1 integration "Engine 26.1" "$(test/tools/engine26.sh start)"
    test/tools/engine26.sh stop
}

for part in ${*:-house asan vault tsan release engine engine26}; do
    echo "== $part"
    "part_$part"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
