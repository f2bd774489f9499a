#!/bin/sh
# SPDX-License-Identifier: MIT
# A build with a budget: it passes within, fails over, with CMake's function and with make.
# usage: build_test.sh PLIMSOLL CMAKE_FOLDER
set -u
here=$(cd "$(dirname "$0")" && pwd)
plimsoll=$1
modules=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

say() {
	echo "FAIL $1"
	failed=1
}

cmake -S "$here" -B "$folder/b" -DPLIMSOLL_CMAKE="$modules" -DPLIMSOLL_COMMAND="$plimsoll" \
	-DRULES="$here/good.rules" >"$folder/log" 2>&1 || { cat "$folder/log"; say configure; }
cmake --build "$folder/b" >"$folder/log" 2>&1 || { cat "$folder/log"; say "a good budget"; }
test -s "$folder/b/work.sarif" || say "no SARIF file"
cmake -S "$here" -B "$folder/b" -DRULES="$here/tight.rules" >/dev/null 2>&1
cmake --build "$folder/b" >"$folder/log" 2>&1 && say "a tight budget passed"
grep -q 'over work: ' "$folder/log" || { cat "$folder/log"; say "the reason is not told"; }

cp "$here/Makefile" "$here/work.c" "$here/good.rules" "$here/tight.rules" "$folder"
make -s -C "$folder" PLIMSOLL="$plimsoll" >"$folder/log" 2>&1 || { cat "$folder/log"; say "make"; }
make -s -C "$folder" PLIMSOLL="$plimsoll" RULES=tight.rules -B >"$folder/log" 2>&1 &&
	say "make passed a tight budget"
exit $failed
