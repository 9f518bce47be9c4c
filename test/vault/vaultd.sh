#!/usr/bin/env bash
# Prints the path of a Vault server for tests: vault or bao from PATH, else one built from its published Go modules
# (three to four minutes the first time on two cores; then cached). Exits 77 and says why where there is none.
# usage: YSNP_VAULTD=$(test/vault/vaultd.sh) build/dev/unit_vault
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ysnprunner-vaultd

skip() { echo "SKIPPED: no real Vault for the tests: $1" >&2; exit 77; }

for name in vault bao; do
    command -v "$name" && exit 0
done

version=$(cat "$here"/go.mod "$here"/go.sum "$here"/main.go | sha256sum | cut -c1-16)
server=$cache/vaultd-$version
[ -x "$server" ] && { echo "$server"; exit 0; }
command -v go >/dev/null || skip "neither vault, bao nor go is installed (apt-get install golang-go)"

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # who comes second finds it built
[ -x "$server" ] && { echo "$server"; exit 0; }
log=$cache/build.log
echo "vaultd: building a Vault server once, this takes minutes; the log is $log" >&2
if ! (cd "$here" && CGO_ENABLED=0 nice -n 19 go build -trimpath -buildvcs=false -o "$server.part" .) >"$log" 2>&1; then
    tail -5 "$log" >&2
    skip "building it from its Go modules failed (the log is $log)"
fi
mv "$server.part" "$server"
echo "$server"
