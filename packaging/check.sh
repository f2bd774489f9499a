#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: check.sh JOBS: both builds and their tests, within LIMIT_S seconds. The sanitised tests run
# first, so that the summary of the whole suite stands last.
set -u -o pipefail
cd "$(dirname "$0")/.."
jobs=$1
LIMIT_S=900

left() {
	echo $((LIMIT_S > SECONDS ? LIMIT_S - SECONDS : 1))
}

for preset in asan release; do
	echo "check: building $preset"
	timeout "$(left)" packaging/build.sh "$preset" "$jobs" || exit 1
done
timeout "$(left)" ctest --preset asan -L sanitize --no-tests=error -j "$jobs"
asan=$?
timeout "$(left)" ctest --preset release -LE long --no-tests=error -j "$jobs"
release=$?
if [ $asan -ne 0 ]; then
	echo "check: the run under sanitizers failed (status $asan), see above" >&2
fi
if [ $asan -eq 124 ] || [ $release -eq 124 ]; then
	echo "check: stopped after $LIMIT_S s" >&2
fi
[ $asan -eq 0 ] && [ $release -eq 0 ]
