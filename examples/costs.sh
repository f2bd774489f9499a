#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: costs.sh BUILD_DIR: the table of bytes and nanoseconds of this machine. Exit status 1 when
# a byte is more than promised; times are shown, never judged.
set -eu -o pipefail
build=$1 here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# frame COMPILER LEVEL [FLAG]: bytes that the caller's frame takes, as the compiler itself says.
frame() {
	"$1" "$2" ${3:+"$3"} -fstack-usage -I"$here/../include" -c "$here/costs_caller.c" \
		-o "$work/caller.o"
	awk -F'\t' '$1 ~ /caller$/ { print $2 }' "$work/caller.su"
}

levels=(-O0 -O1 -O2 -O3 -Os)
echo "Stack of the caller: bytes that 16 statements of 3 fields add to the frame of their function"
echo "(beside the same function that only keeps their values alive)"
echo
printf '  %-22s%6s%6s%6s%6s%6s\n' "" "${levels[@]}"
for compiler in gcc clang-14; do
	printf '  %-22s' "$compiler"
	for level in "${levels[@]}"; do
		added=$(($(frame $compiler $level) - $(frame $compiler $level -DREFERENCE)))
		most=8
		[ $level = -O0 ] && most=0
		[ $added -le $most ] || bad=1
		printf '%6d' $added
	done
	echo
done

"$build/examples/costs" "$work/costs.plim" >"$work/costs"
value() {
	awk -v name="$1" '$1 == name { print $2 }' "$work/costs"
}
cat <<END

Stack below the caller, bytes written
  disabled statement               $(value path_off)
  one integer                      $(value path_a)
  three integers and a string      $(value path_b)
  the first event of a thread      $(value path_first)   (128 of it a red zone stepped over)

Time, nanoseconds (least of 200 rounds, the call itself taken off)
                                 disabled   enabled     clock + copy of as many bytes
  one integer                    $(printf '%8s  %8s  %8s' "$(value ns_off)" "$(value ns_a)" "$(value ns_floor_a)")
  three integers and a string              $(printf '%8s  %8s' "$(value ns_b)" "$(value ns_floor_b)")
  reading the clock alone                  $(printf '%8s' "$(value ns_clock)")
END
[ "$(value path_off)" = 0 ] && [ "$(value path_a)" = 0 ] && [ "$(value path_b)" = 0 ] || bad=1
if [ $bad -ne 0 ]; then
	echo "costs: more bytes than promised" >&2
	exit 1
fi
