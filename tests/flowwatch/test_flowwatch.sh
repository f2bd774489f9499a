#!/bin/bash
# SPDX-License-Identifier: MIT
# The summary of every capture against tests/flowwatch/expected/, whatever the number of workers.
# usage: test_flowwatch.sh FLOWWATCH SOURCE_DIR [--update]
set -u -o pipefail
flowwatch=$1 here=$2 update=${3:-}
shipped=/usr/share/gocode/src/github.com/google/gopacket
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 passed=0

"$here/make_captures.py" "$work/made" || exit 1

# compare NAME WORKERS CAPTURE...: output, errors and status; the stack line depends on the build.
compare() {
	local name=$1 workers=$2 status
	shift 2
	timeout 60 "$flowwatch" --workers "$workers" "$@" >"$work/out" 2>"$work/err"
	status=$?
	{
		grep -v '^stacks ' "$work/out"
		sed "s|$work/made/||; s|^|stderr: |" "$work/err"
		echo "status: $status"
	} >"$work/got"
	if [ "$update" = --update ]; then
		cp "$work/got" "$here/expected/$name.txt"
	elif diff -u "$here/expected/$name.txt" "$work/got"; then
		passed=$((passed + 1))
	else
		echo "FAILED: $name with $workers workers"
		failed=$((failed + 1))
	fi
}

for workers in 1 2 7; do
	compare shipped "$workers" "$shipped"
	compare twice "$workers" --loop 2 "$shipped"
	compare damaged "$workers" "$work/made/cut.pcap" "$work/made/usb.pcap" \
		"$work/made/ethernet.pcap"
	for made in conversations ethernet raw sll sll2 null hostile; do
		compare "$made" "$workers" "$work/made/$made.pcap"
	done
done
compare no_file 1 /nonexistent.pcap
compare no_capture 1 /dev/null
compare bad_option 1 --rate 12x

echo "flowwatch: $passed comparisons as expected, $failed not"
[ "$failed" -eq 0 ]
