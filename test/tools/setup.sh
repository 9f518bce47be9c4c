#!/usr/bin/env bash
# Installs what building and testing need, on Debian 12 (with backports) and Debian 13. Quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

. /etc/os-release
tools="cmake ninja-build ccache git ca-certificates curl python3 make g++ pkg-config"
libraries="nlohmann-json3-dev libspdlog-dev libfmt-dev libyaml-cpp-dev libssl-dev libsqlite3-dev libcli11-dev zlib1g-dev musl-dev"
testing="jq docker.io docker-registry busybox-static debootstrap iptables iproute2 xz-utils systemd man-db mandoc procps util-linux golang-go"
newer="libboost1.83-dev catch2 libgit2-dev"
case "${VERSION_ID:-}" in
12) compiler="clang-16 lld-16 clang-format-16 clang-tidy-16 libclang-rt-16-dev llvm-16" ;;
13) compiler="clang-19 lld-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev llvm-19"
    testing="$testing docker-cli" ;; # a package of its own there
*) echo "setup: this is ${PRETTY_NAME:-unknown}; only Debian 12 and 13 are set up by themselves. Install by hand: clang (16 or newer), $tools $libraries $newer" >&2; exit 1 ;;
esac
# A Go that is installed by other means than packages serves as well.
command -v go >/dev/null && testing=${testing/ golang-go/}
command -v dockerd >/dev/null && testing=${testing/docker.io /}

missing=$(for package in $tools $libraries $testing $newer $compiler; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
done)
[ -n "$missing" ] || { echo "setup: everything is installed"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "setup: installing needs root; missing: $(echo $missing)" >&2; exit 1; }

echo "setup: installing" $missing
export DEBIAN_FRONTEND=noninteractive
from_backports=()
if [ "$VERSION_ID" = 12 ]; then
    mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
    [ -n "$mirror" ] || mirror=$(awk '/^deb .*bookworm main/ {print $2; exit}' /etc/apt/sources.list 2>/dev/null || true)
    echo "deb ${mirror:-http://deb.debian.org/debian} bookworm-backports main" >/etc/apt/sources.list.d/ysnprunner-backports.list
    rm -f /etc/apt/sources.list.d/ysnprunner-backports.sources
    from_backports=(-t bookworm-backports)
fi
# A broken third-party list must not stop the set-up; a package that is then missing will.
apt-get update -qq || echo "setup: apt-get update had errors; going on" >&2
of() { for package in $1; do grep -qx "$package" <<<"$missing" && echo "$package"; done; true; }
ordinary=$(of "$tools $libraries $testing $compiler")
backports=$(of "$newer")
[ -z "$ordinary" ] || apt-get install -y -qq --no-install-recommends $ordinary >/dev/null
[ -z "$backports" ] || apt-get install -y -qq --no-install-recommends "${from_backports[@]}" $backports >/dev/null
echo "setup: done"
