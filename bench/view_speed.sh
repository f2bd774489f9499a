#!/bin/sh
# SPDX-License-Identifier: MIT
# view_speed.sh PLIMSOLL TRACE: events a second of the viewer, and of babeltrace2 reading the same
# events in the same run. Each figure is the best of three, of processor time, one core.
set -eu
plimsoll=$1
trace=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
events=$("$plimsoll" view --json "$trace" | grep -c '"fields"')

# best COMMAND...: the smallest processor time of three runs, in seconds.
best() {
	for _ in 1 2 3; do
		rm -rf "$dir/ctf"
		python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_utime + usage.ru_stime)
PYTHON
	done | sort -n | head -1
}

row() {
	name=$1
	shift
	seconds=$(best "$@")
	printf '%-28s %9s %14s %10s\n' "$name" "$seconds" \
		"$(awk "BEGIN { printf \"%.0f\", $events / $seconds }")" \
		"$(awk "BEGIN { printf \"%.1f\", ${text:-$seconds} / $seconds }")"
}

"$plimsoll" export --ctf "$dir/source" "$trace"
printf '%s events\n%-28s %9s %14s %10s\n' "$events" reader seconds events/s "x text"
text=$(best babeltrace2 "$dir/source")
row "babeltrace2, text" babeltrace2 "$dir/source"
row "babeltrace2, counted only" babeltrace2 "$dir/source" -c sink.utils.counter
row "plimsoll view" "$plimsoll" view "$trace"
row "plimsoll view --json" "$plimsoll" view --json "$trace"
row "plimsoll view --csv" "$plimsoll" view --csv "$trace"
row "plimsoll export --ctf" "$plimsoll" export --ctf "$dir/ctf" "$trace"
