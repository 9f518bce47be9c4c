#!/usr/bin/env bash
# Everything that CI checks, in the order in which it fails fastest. usage: run_tests.sh [PART...]
# parts: house asan vault release engine engine26 tsan (default: all). The last line counts them: "N passed, N failed".
# The integration tests wait more than they compute: both runs go on while the tsan part builds.
set -uo pipefail
cd "$(dirname "$0")/../.."
passed=0 failed=0 skipped=0
begun=() # steps that run in the background
second_engine=false

mkdir -p build/log

files_of() { echo "build/log/$(tr ' /' '--' <<<"$1")"; } # files_of NAME: where the step's log and result are, without their endings
measure() { # measure NAME COMMAND...: runs it; leaves what it said, its exit code and its seconds in files
    local files started=$SECONDS
    files=$(files_of "$1")
    shift
    rm -f "$files.result"
    "$@" >"$files.log" 2>&1
    echo "$? $((SECONDS - started))" >"$files.result"
}
report() { # report NAME: one line of result, the output only where it failed
    local files status=127 seconds=0 # where nothing is left, it did not run
    files=$(files_of "$1")
    read -r status seconds <"$files.result"
    if [ "$status" = 0 ]; then
        passed=$((passed + 1))
        echo "ok      $1 ($seconds s)"
        grep -hE '^(SKIPPED|skipped|RETRY|FLAKY)|: skipped' "$files.log" | sed 's/^/        /' | sort -u || true
    elif [ "$status" = 77 ]; then
        skipped=$((skipped + 1))
        echo "SKIPPED $1: $(tail -1 "$files.log")"
    else
        failed=$((failed + 1))
        echo "FAILED  $1 (exit $status, $seconds s); the end of $files.log:"
        tail -60 "$files.log" | sed 's/^/        /'
    fi
    return "$status"
}
step() { measure "$@"; report "$1"; }
begin() { # begin NAME COMMAND...: in the background, until finish
    measure "$@" &
    begun+=("$1")
}
finish() {
    local name
    wait
    for name in "${begun[@]}"; do report "$name"; done
    begun=()
}

unit() { # unit PRESET: every unit program, one step each, two at a time, the biggest first
    local programs
    step "build $1" nice test/tools/build.sh "$1" unit_tests fuzz_replays || return
    finish # what measures time does not run beside other tests
    programs=$(find build/"$1" -maxdepth 1 -name 'unit_*' -type f -executable -printf '%s %f\n' | sort -rn | cut -d' ' -f2)
    export -f files_of measure
    xargs -P2 -I{} bash -c 'measure "$0 {}" test/tools/unit.sh "build/$0/{}" --reporter compact --rng-seed 1' "$1" <<<"$programs"
    for program in $(sort <<<"$programs"); do report "$1 $program"; done
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
    YSNP_VAULTD=$server DOCKER_HOST=unix://$2 YSNP_PROGRAM=$PWD/build/ysnprunner begin "integration on $1" test/tools/integration.sh
}
part_engine() {
    step "engine" test/tools/engine.sh start || return
    local host=${DOCKER_HOST:-unix:///var/run/docker.sock}
    integration "the machine's Engine" "${host#unix://}"
}
part_engine26() {
    if [ "$(id -u)" != 0 ]; then skipped=$((skipped + 1)); echo "SKIPPED Engine 26.1: starting it needs root"; return; fi
    step "engine 26.1" test/tools/engine26.sh start || return
    second_engine=true
    YSNP_ENGINE_APART=1 integration "Engine 26.1" "$(test/tools/engine26.sh start)"
}

for part in ${*:-house asan vault release engine engine26 tsan}; do
    echo "== $part"
    "part_$part"
done
finish
! $second_engine || test/tools/engine26.sh stop
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
