#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: build.sh PRESET JOBS: configures and builds, silent unless something is wrong.
set -eu -o pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmake --preset "$1" >"$log" 2>&1 || ! cmake --build --preset "$1" -j "$2" >"$log" 2>&1; then
	grep -v '^\[[0-9]*/[0-9]*\] ' "$log" >&2 || true
	echo "build: the preset $1 does not build; cmake --build --preset $1 says more" >&2
	exit 1
fi
