# SPDX-License-Identifier: MIT
# The front door. Each target installs what it needs on Debian 12 (as root; otherwise it says what
# to install), configures, builds, and does one thing. The build itself is CMake's: see
# CMakePresets.json.
SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)

help:
	@echo 'make demo        record a real program, look at its trace, see what it costs (2 minutes)'
	@echo 'make check       build and run the tests, also under sanitizers (within 15 minutes)'
	@echo 'make check-long  the tests that take longer'
	@echo 'make bench       the tables of bytes and nanoseconds, beside other loggers'
	@echo 'make install     to PREFIX (/usr/local), under DESTDIR if given'
	@echo 'make clean       remove build/'

packages:
	@packaging/bootstrap.sh packages.txt

release: packages
	@packaging/build.sh release $(JOBS)

check: packages
	@packaging/check.sh $(JOBS)

check-long: release
	@ctest --preset release -L long --no-tests=error -j $(JOBS)

# A build of its own: the peers need packages that nothing else needs.
bench:
	@packaging/bootstrap.sh packages.txt packages-bench.txt
	@cmake --preset release -B build/bench -DPLIMSOLL_BENCH=ON -DBUILD_TESTING=OFF >/dev/null
	@cmake --build build/bench -j $(JOBS) -- --quiet
	@bench/run.sh build/bench

demo: release
	@examples/demo.sh build/release

install: release
	@DESTDIR='$(DESTDIR)' cmake --install build/release --prefix '$(PREFIX)' --strip
	@if [ -z '$(DESTDIR)' ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

clean:
	rm -rf build

.PHONY: help packages release check check-long bench demo install clean
