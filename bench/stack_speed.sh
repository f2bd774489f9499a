#!/bin/sh
# SPDX-License-Identifier: MIT
# How long `plimsoll stack report` takes for large binaries, beside `objdump -d` of the same file in
# the same run. stack_speed.sh PLIMSOLL [BINARY...]
set -eu
plimsoll=$1
shift
if [ $# -eq 0 ]; then
	set -- /usr/lib/x86_64-linux-gnu/libcrypto.so.3
	for large in /usr/lib/gcc/x86_64-linux-gnu/12/cc1 /usr/lib/x86_64-linux-gnu/libclang-cpp.so.14 /usr/lib/x86_64-linux-gnu/libLLVM-14.so.1; do
		[ -e "$large" ] && set -- "$@" "$large"
	done
fi

# seconds COMMAND...: user and system time, and the most memory in MB
measure() {
	python3 -c 'import os, subprocess, resource, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{use.ru_utime + use.ru_stime:.2f} {use.ru_maxrss // 1024}")' "$@"
}

printf '%-44s %9s %10s %8s %12s %7s\n' binary 'code, MB' 'report, s' 'its MB' 'objdump -d, s' ratio
for binary; do
	code=$(size -A -d "$binary" | awk '$1 == ".text" { printf "%.1f", $2 / 1e6 }')
	ours=$(measure "$plimsoll" stack report "$binary")
	theirs=$(measure objdump -d "$binary")
	echo "$binary $code $ours $theirs" |
		awk '{ printf "%-44s %9s %10s %8s %12s %7.2f\n", $1, $2, $3, $4, $5, $3 / $5 }'
done
