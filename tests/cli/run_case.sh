#!/bin/sh
# SPDX-License-Identifier: MIT
# run_case.sh CASE: runs CASE.sh in an empty folder and compares what it prints and its exit status
# with CASE.stdout, CASE.stderr and CASE.exit (missing: nothing, nothing and 0).
# PLIMSOLL_BIN is the command's folder; UPDATE=1 writes the expectations instead.
set -u
case=$1
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PLIMSOLL_BIN:$PATH
PYTHONDONTWRITEBYTECODE=1
LC_ALL=C
TZ=UTC
export PATH PYTHONDONTWRITEBYTECODE LC_ALL TZ
unset NO_COLOR PLIMSOLL_TRACE PLIMSOLL_FILTER PLIMSOLL_SIZE PLIMSOLL_MODE

make_trace() {
	python3 "$here/../reader/make_trace.py" "$1" "$2"
}

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/run" && cd "$dir/run" || exit 2
(. "$here/$case.sh") >"$dir/stdout" 2>"$dir/stderr"
echo $? >"$dir/exit"

status=0
for part in stdout stderr exit; do
	want=$here/$case.$part
	if [ "${UPDATE:-}" = 1 ]; then
		if [ -s "$dir/$part" ] && [ "$part$(cat "$dir/$part")" != exit0 ]; then
			cp "$dir/$part" "$want"
		else
			rm -f "$want"
		fi
		continue
	fi
	if [ ! -e "$want" ]; then
		if [ "$part" = exit ]; then echo 0 >"$dir/none"; else : >"$dir/none"; fi
		want=$dir/none
	fi
	diff -u "$want" "$dir/$part" || status=1
done
exit $status
