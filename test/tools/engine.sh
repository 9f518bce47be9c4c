#!/usr/bin/env bash
# Starts a Docker Engine on this machine if none answers. usage: engine.sh start | engine.sh log
set -euo pipefail
socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
socket=${socket#unix://}
log=${TMPDIR:-/tmp}/ysnprunner-dockerd.log
answers() { curl -sf --max-time 5 --unix-socket "$socket" http://engine/_ping >/dev/null 2>&1; }
case ${1:-} in
start)
    answers && exit 0
    [ -z "${DOCKER_HOST:-}" ] || { echo "engine: DOCKER_HOST=$DOCKER_HOST does not answer; start that Engine or unset DOCKER_HOST" >&2; exit 1; }
    command -v dockerd >/dev/null || { echo "engine: dockerd is not installed: make setup" >&2; exit 1; }
    rm -f /var/run/docker.pid
    setsid dockerd >"$log" 2>&1 </dev/null &
    for _ in $(seq 120); do answers && exit 0; sleep .25; done
    echo "engine: dockerd did not come up within 30 s; the end of $log:" >&2
    tail -5 "$log" >&2
    exit 1 ;;
log) cat "$log" ;;
*) sed -n '2s/^# //p' "$0"; exit 2 ;;
esac
