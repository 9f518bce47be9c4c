#!/usr/bin/env bash
# Runs the Vault client's tests against a real server: vault or bao from PATH, else one built from its Go modules.
set -uo pipefail
cd "$(dirname "$0")/../.."
server=$(timeout 1500 test/vault/vaultd.sh) || { echo "no real Vault: see above, or it took too long to build"; exit 77; }
YSNP_VAULTD=$server build/asan/unit_vault --reporter compact
