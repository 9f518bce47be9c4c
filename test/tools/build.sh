#!/usr/bin/env bash
# Configures a preset once and builds targets in it. usage: build.sh PRESET TARGET...
# fake-gitlab, where the preset has built it, is at build/fake-gitlab afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
preset=$1
# ccache needs the sloppiness for the precompiled header; it learns what was read from the compiler, which costs no run more
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1
shift
folder=build/$preset
if [ ! -f "$folder/build.ninja" ]; then
    mkdir -p build
    cmake --preset "$preset" >"build/$preset.log" 2>&1 || { cat "build/$preset.log" >&2; exit 1; }
fi
cmake --build "$folder" --target "$@" 2>&1 | { grep -vE '^\[[0-9]+/[0-9]+\]|^ninja: no work' || true; }
[ ! -e "$folder/fake-gitlab" ] || ln -sf "$preset/fake-gitlab" build/fake-gitlab
