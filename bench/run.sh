#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the bench in BUILD (default build/release) and prints its tables. Everything of one table is
# of one run. bench/run.sh [BUILD]
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd) || exit 2
bin=$build/bench
plimsoll=$build/src/cli/plimsoll
work=$(mktemp -d "${TMPDIR:-/tmp}/plimsoll-bench.XXXXXX") || exit 2
started_sessiond=
status=0

clean_up()
{
	[ -n "$started_sessiond" ] && kill "$started_sessiond" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT

start_sessiond()
{
	lttng --no-sessiond list >/dev/null 2>&1 && return
	lttng-sessiond --no-kernel >"$work/sessiond.log" 2>&1 &
	started_sessiond=$!
	for _ in $(seq 50); do
		lttng --no-sessiond list >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "bench: lttng-sessiond did not start; see $work/sessiond.log" >&2
}

peers()
{
	local peer
	for peer in plimsoll lttng dpdk spdlog snprintf syslog inline call floor; do
		timeout 120 "$bin/bench_$peer" time "$work" | grep '^time' >"$work/$peer.time"
		timeout 120 "$bin/bench_step" "$bin/bench_$peer" step "$work" >"$work/$peer.step"
	done
	python3 "$root/bench/bench_table.py" "$work" || status=1
}

# Seconds of the fastest of three runs of the command.
fastest()
{
	local least=999999999999 start took
	for _ in 1 2 3; do
		start=$(date +%s%N)
		"$@" >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; return 1; }
		took=$(($(date +%s%N) - start))
		[ "$took" -lt "$least" ] && least=$took
	done
	echo "$least"
}

# Prints a line; the first one, babeltrace2's text, is what the others are compared with.
rate_line()
{
	local name=$1 events=$2 ns
	shift 2
	ns=$(fastest "$@") || { status=1; return; }
	text_ns=${text_ns:-$ns}
	awk -v name="$name" -v events="$events" -v ns="$ns" -v base="$text_ns" 'BEGIN {
		printf "%-28s %8.2f M events/s  %6.1fx\n", name, events * 1e3 / ns, base / ns }'
}

export_again()
{
	rm -rf "$work/ctf"
	"$plimsoll" export --ctf "$work/ctf" "$work/fill.trace"
}

viewers()
{
	local events text_ns=
	events=$("$bin/bench_scale" fill "$work/fill.trace") || { status=1; return; }
	export_again >/dev/null || { status=1; return; }
	echo "Reading the same $events events, one core (ratio: to babeltrace2's text)"
	rate_line "babeltrace2, text" "$events" babeltrace2 "$work/ctf"
	rate_line "babeltrace2, counted" "$events" babeltrace2 "$work/ctf" \
		--component=sink.utils.counter
	rate_line "plimsoll view" "$events" "$plimsoll" view "$work/fill.trace"
	rate_line "plimsoll view --json" "$events" "$plimsoll" view --json "$work/fill.trace"
	rate_line "plimsoll export --ctf" "$events" export_again
}

# What a reader that prints JSON can follow: events written and shown.
live_reader()
{
	local rate written achieved shown
	echo "A live reader (view -f --json): statement A for two seconds"
	for rate in 500000 1000000 2000000 4000000 0; do
		"$bin/bench_scale" pace "$work/live.trace" "$rate" >"$work/paced" &
		local writer=$!
		sleep 0.2
		timeout 20 "$plimsoll" view -f --json "$work/live.trace" 2>/dev/null |
			grep -c '"event"' >"$work/shown"
		wait "$writer"
		read -r written achieved <"$work/paced"
		shown=$(cat "$work/shown")
		awk -v w="$written" -v a="$achieved" -v s="$shown" 'BEGIN {
			printf "%10.2f M events/s written, %9d of %9d shown (%.1f %%)\n",
				a / 1e6, s, w, w ? 100 * s / w : 0 }'
		rm -f "$work/live.trace"
	done
}

# Code that a traced program gets: all of the library, and what may run inside a statement.
code_bytes()
{
	size "$build/src/host/libplimsoll.so" | awk 'NR == 2 {
		printf "libplimsoll.so: %d bytes of code and constants, %d of data\n", $1, $2 + $3 }'
	size "$build"/src/core/CMakeFiles/plim_core.dir/*.o \
		"$build"/src/core/CMakeFiles/plim_core.dir/__/port/*/*.o | awk 'NR > 1 { sum += $1 }
		END { printf "of these the path: %d bytes\n", sum }'
}

record_bytes()
{
	cat <<'END'
Bytes a record, by layout (A / B)
Plimsoll                            24 /  56   header 16 (site, size, sp, time), values packed, to 8
barectf 3, packed CTF               17 /  46   id 1, time 8, values; the string with its NUL
ETW                                 88 / 120   EVENT_HEADER of 80 (evntcons.h), values, to 8
descriptors while ETW logs          48 /  96   EVENT_DATA_DESCRIPTOR of 16: two, and one a field
END
}

start_sessiond
echo "$(uname -srm), $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
	"load $(cut -d' ' -f1 /proc/loadavg)"
echo
peers
echo
for part in shapes threads disabled memory; do
	"$bin/bench_scale" "$part" "$work/scale.trace" || status=1
	echo
done
code_bytes
echo
record_bytes
echo
live_reader
echo
viewers
echo
"$root/bench/stack_speed.sh" "$plimsoll" || status=1
exit $status
