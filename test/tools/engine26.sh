#!/usr/bin/env bash
# A second, newer Docker Engine (Debian 13's 26.1) beside the machine's own, in its own mount and network namespaces.
# Images are loaded into it; its containers reach no network outside.
# usage: engine26.sh start    prints the socket's path; the first time it bootstraps Debian 13, about a minute
#        engine26.sh stop
set -euo pipefail
home=${YSNP_ENGINE26_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/ysnprunner-engine26}
root=$home/root
socket=$home/socket/docker.sock
answers() { curl -sf --max-time 5 --unix-socket "$socket" http://engine/_ping >/dev/null 2>&1; }

bootstrap() {
    local mirror
    mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
    rm -rf "$root"
    mkdir -p "$home"
    debootstrap --variant=minbase --include=docker.io,iptables,iproute2,ca-certificates,procps trixie "$root" \
        "${mirror:-http://deb.debian.org/debian}" >"$home/bootstrap.log" 2>&1
}

serve() { # the first process of the new namespaces
    mount --make-rprivate /
    mount --bind "$root" "$root"
    for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
    mount -t tmpfs tmpfs "$root/run"
    mkdir -p "$root/run/socket" "$root/old"
    mount --bind "$home/socket" "$root/run/socket"
    ip link set lo up
    cd "$root"
    pivot_root . old
    umount -l old
    exec dockerd --host unix:///run/socket/docker.sock --data-root /var/lib/docker --pidfile /run/docker.pid
}

case ${1:-} in
start)
    [ -x "$root/usr/sbin/dockerd" ] || bootstrap || { tail -3 "$home/bootstrap.log" >&2; exit 1; }
    mkdir -p "$home/socket"
    if ! answers; then
        setsid unshare --mount --net "$0" serve >"$home/dockerd.log" 2>&1 </dev/null &
        echo $! >"$home/pid"
        for _ in $(seq 120); do answers && break; sleep .5; done
    fi
    answers || { tail -5 "$home/dockerd.log" >&2; exit 1; }
    echo "$socket" ;;
serve) serve ;;
stop)
    [ ! -f "$home/pid" ] || kill "$(cat "$home/pid")" 2>/dev/null || true
    rm -f "$home/pid" ;;
*) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
