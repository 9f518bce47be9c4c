# The front door. `make demo` and `make test` do all their own set-up on a fresh Debian 12 or 13 as root.
SHELL := /bin/bash
CXX_FOUND := $(firstword $(foreach v,16 17 18 19 20 21,$(if $(wildcard /usr/bin/clang++-$(v)),$(v))))
CLANG = $(or $(CXX_FOUND),$(firstword $(foreach v,16 17 18 19 20 21,$(if $(wildcard /usr/bin/clang++-$(v)),$(v)))))
PRESETS := dev release asan tsan
DESTDIR ?=
PREFIX ?= /usr

.PHONY: help setup build demo test bench fuzz mutants cases format tidy install clean $(PRESETS)

help:
	@sed -n 's/^## //p' Makefile

## make setup    install every package that building and testing need (Debian 12 with backports, Debian 13)
setup:
	@test/tools/setup.sh

## make build    the release program, at build/ysnprunner
build: setup
	@test/tools/build.sh release ysnprunner
	@ln -sf release/ysnprunner build/ysnprunner

## make demo     a gated job, refused, allowed, run to its end
demo: build
	@test/tools/engine.sh start
	@test/tools/demo.sh

## make test     everything that CI checks
test: setup
	@test/tools/run_tests.sh

## make bench    every figure as a ratio to the bare Engine (GITLAB_RUNNER=/path runs the echo job beside ours)
bench: build
	@test/tools/engine.sh start
	@test/tools/build.sh release bench
	@build/release/bench

## make fuzz     each fuzz target for a minute (SECONDS_EACH=60)
fuzz: setup
	@test/tools/fuzz.sh

## make mutants  breaks load-bearing lines one at a time and expects the tests to turn red
mutants: setup
	@test/tools/mutants.sh

## make cases    which cases of the behaviour catalogue no test cites
cases:
	@python3 test/tools/cases.py --missing

## make format   clang-format over our sources
format:
	@git ls-files '*.h' '*.cpp' '*.c' | xargs clang-format-$(CLANG) -i

## make tidy     the clang-tidy set of .clang-tidy over our sources
tidy: dev
	@git ls-files 'net/*.cpp' 'checks/*.cpp' 'gitlab-api/*.cpp' 'docker/*.cpp' 'vault/*.cpp' 'conf/*.cpp' 'runner/*.cpp' | xargs -P2 -n4 clang-tidy-$(CLANG) -p build/dev --quiet

## make dev      a debug build of everything at build/dev (also: release, asan, tsan)
$(PRESETS): setup
	@test/tools/build.sh $@ all

## make install  the release program, unit, man page, completions and example config below DESTDIR; without
##               DESTDIR also the service's user and folders on this host
install: build
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix $(PREFIX) --component ysnprunner
	@if [ -z "$(DESTDIR)" ] && command -v systemd-sysusers >/dev/null; then \
	    systemd-sysusers $(PREFIX)/lib/sysusers.d/ysnprunner.conf && \
	    systemd-tmpfiles --create $(PREFIX)/lib/tmpfiles.d/ysnprunner.conf || exit 1; \
	    [ ! -d /run/systemd/system ] || systemctl daemon-reload; fi

clean:
	@rm -rf build
