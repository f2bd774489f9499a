#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: demo.sh BUILD_DIR: records a real program, looks at its trace, turns a keyword on while it
# runs, kills it, reads what it left behind, and shows what all that costs. Exit status 1 if
# anything is not as it should be.
set -u -o pipefail
build=$(readlink -f "$1") here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
watched=
unset PLIMSOLL_TRACE PLIMSOLL_FILTER PLIMSOLL_SIZE PLIMSOLL_MODE
export PATH=$build/src/cli:$build/examples/flowwatch:$PATH

# The clean-up ends the one program started here, by its number.
clean_up() {
	[ -z "$watched" ] || kill -9 "$watched" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
cd "$work" || exit 1

heading() {
	printf '\n== %s\n\n' "$1"
}

problem() {
	echo "demo: $*" >&2
	exit 1
}

# show COMMAND: prints it and runs it, as one would type it.
show() {
	echo "\$ $1"
	bash -o pipefail -c "$1" || problem "'$1' ended with status $?"
}

count_segments() {
	plimsoll view --json -e FlowTrack/segment live.plim | wc -l
}

heading "1. A real program: flowwatch tracks the flows of packet captures, in threads of 16 KiB"
show 'plimsoll record -o flow.plim -- flowwatch'
echo
echo "What it decided about each flow (provider FlowTrack), the last ten events:"
echo
show 'plimsoll view -e FlowTrack flow.plim | tail -n 10'
[ "$(plimsoll view --json -e FlowTrack/flow_begin flow.plim | wc -l)" -eq 15 ] ||
	problem "the captures hold 15 flows, the trace tells of others"

heading "2. While it runs: turn a keyword on from outside"
echo '$ PLIMSOLL_TRACE=live.plim flowwatch --loop forever --rate 5000 --quiet &'
PLIMSOLL_SIZE=16M PLIMSOLL_TRACE=live.plim flowwatch --loop forever --rate 5000 --quiet 2>flow.err &
watched=$!
sleep 1.5
before=$(count_segments)
echo "TCP segments in its trace so far: $before (they are logged at level verbose)"
echo
show "plimsoll enable live.plim 'FlowTrack:verbose:0x20'   # keyword 0x20: sequence numbers"
sleep 1.5
during=$(count_segments)
echo "TCP segments in its trace now:    $during"
show 'plimsoll view -e FlowTrack/segment live.plim | tail -n 4'
show "plimsoll disable live.plim 'FlowTrack/segment'"
[ "$before" -eq 0 ] || problem "segments were logged before they were enabled"
[ "$during" -gt 0 ] || problem "no segment was logged after it was enabled"

heading "3. kill -9, and the trace that is left"
show "kill -9 $watched"
{ wait "$watched"; } 2>/dev/null
watched=
[ -s flow.err ] && problem "flowwatch complained: $(head -n 1 flow.err)"
echo
show 'plimsoll view live.plim | tail -n 5'
echo
show 'plimsoll stat live.plim'

heading "4. What it costs on this machine"
"$here/costs.sh" "$build" || exit 1
echo
echo "All as it should be."
