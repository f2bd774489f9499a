#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of frames against the compilers' own figures; compare.sh FRAMES_DUMP SAMPLES.
here=$(dirname "$0")
dump=$1
samples=$2
status=0

row() {
	label=$1
	variant=$2
	shift 2
	python3 "$here/compare_su.py" "$dump" "$label" "$samples/$variant"/*.o "$@" || status=1
}

row "gcc -O0" gcc-O0
row "gcc -O2" gcc-O2
row "gcc -O2 frame pointer, hardened" gcc-hard
# clang leaves the return address, pushed arguments and realignment out: never below is asked.
row "clang -O0" clang-O0 --slack 8 --any-above
row "clang -O2" clang-O2 --slack 8 --any-above
row "mingw -O0, in a DLL" mingw-O0 --image "$samples/mingw-O0.dll"
row "mingw -O2, in a DLL" mingw-O2 --image "$samples/mingw-O2.dll"
row "aarch64 -O2" aarch64
row "riscv64 -O2" riscv64
# gcc's .su for ARM leaves out what variadic functions push of their parameters; the table has it.
row "Cortex-M4 -O2" cortex-m4 --proved-above
exit $status
