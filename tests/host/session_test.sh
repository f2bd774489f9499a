#!/bin/sh
# SPDX-License-Identifier: MIT
# The session from outside: whatever is wrong with the trace, the program runs to its end, exits 0
# and prints at most one line.
#	session_test.sh VICTIM TRACE_SUM DIRECTORY
victim=$1 trace_sum=$2 dir=$3/session_test.$$
failures=0
mkdir -p "$dir/full" && cd "$dir" || exit 1
trap 'umount "$dir/full" 2>/dev/null; cd /; rm -rf "$dir"' EXIT

fail()
{
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# traced NAME VICTIM-ARGUMENTS...: runs with the PLIMSOLL_ variables that are set.
traced()
{
	name=$1
	shift
	timeout 60 "$victim" "$@" 2>stderr >stdout || fail "$name: status $?"
	[ ! -s stdout ] || fail "$name: prints on stdout"
	[ "$(wc -l <stderr)" -le 1 ] || fail "$name: more than one line: $(cat stderr)"
}

# refused NAME PATTERN ARGUMENTS...: one line that matches.
refused()
{
	pattern=$2
	traced "$1" log 3
	grep -q "^plimsoll: .*$pattern" stderr || fail "$1: says '$(cat stderr)', not '$pattern'"
}

recorded()
{
	[ ! -s stderr ] || fail "$1: says $(cat stderr)"
	[ "$("$trace_sum" "$2" one)" = "$3" ] || fail "$1: $("$trace_sum" "$2" one) records, not $3"
}

sum_is()
{
	set -- "$1" "$2" $("$trace_sum" "$3")
	[ $# = 10 ] && [ $(($4 + $6 + $8 + ${10})) = "$2" ] || fail "$1: $* do not make $2"
}

export PLIMSOLL_TRACE=t PLIMSOLL_SIZE PLIMSOLL_MODE PLIMSOLL_FILTER

# Constructors before main and destructors after it are two records more.
for size in 64K 100000 1M 3M 5M 64M 256M; do
	PLIMSOLL_SIZE=$size
	traced "size $size" log 10
	recorded "size $size" t 12
done
PLIMSOLL_SIZE=

for size in 1 63K 65G 64T x 12x -1 18446744073709551616; do
	PLIMSOLL_SIZE=$size
	refused "size $size" '64K'
done
PLIMSOLL_SIZE=
PLIMSOLL_MODE=backwards
refused mode 'PLIMSOLL_MODE'
PLIMSOLL_MODE=
for filter in '*:loud' '/' 'a:info:0xg' ':::' ; do
	PLIMSOLL_FILTER=$filter
	refused "filter $filter" 'not tracing: .*try '
done
PLIMSOLL_FILTER='Victim/detail:verbose:2'
traced filter log 10
[ "$("$trace_sum" t detail)" = 12 ] && [ "$("$trace_sum" t one)" = 0 ] || fail 'filter: records'
PLIMSOLL_FILTER=

# Places that are no place for a trace.
mkdir d && PLIMSOLL_TRACE=d && refused directory 'd: '
mkfifo f && PLIMSOLL_TRACE=f && refused FIFO 'regular file'
PLIMSOLL_TRACE=/nowhere/t && refused 'missing folder' 'cannot open'
PLIMSOLL_TRACE=/proc/version && refused 'no room can be had in it' '/proc/version'
PLIMSOLL_TRACE=/sys/kernel/notes && refused 'read only' 'cannot open'
PLIMSOLL_TRACE=$(head -c 5000 /dev/zero | tr '\0' x) && refused 'long path' 'path'
PLIMSOLL_TRACE=t
ln -sf loop loop && PLIMSOLL_TRACE=loop && refused 'symbolic link to itself' 'cannot open'
PLIMSOLL_TRACE=t
traced 'file size limit' limit
grep -q 'no room' stderr || fail "file size limit: says '$(cat stderr)'"

if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1m tmpfs full 2>/dev/null; then
	PLIMSOLL_TRACE=full/t
	refused 'full disk' 'no room on the disk'
	PLIMSOLL_SIZE=64G
	refused 'the largest size on a full disk' 'no room on the disk'
	[ ! -e full/t ] || fail 'full disk: leaves a file'
	PLIMSOLL_SIZE=64K
	traced 'small on a small disk' log 10
	recorded 'small on a small disk' full/t 12
	PLIMSOLL_SIZE=
	PLIMSOLL_TRACE=t
else
	[ "$(id -u)" != 0 ] || fail 'cannot mount a tmpfs'
fi

# Stop mode keeps the oldest; all is counted in both.
PLIMSOLL_SIZE=64K PLIMSOLL_MODE=stop
traced stop log 100000
sum_is stop 100002 t
PLIMSOLL_MODE=
traced overwrite log 100000
sum_is overwrite 100002 t

# Threads: more than there are rings, one after another, and all at once.
traced 'short threads' short-threads 10000
sum_is 'short threads' 20002 t
traced 'threads without a ring' threads 100
sum_is 'threads without a ring' 202 t
PLIMSOLL_SIZE=
for count in 1024 1100; do
	traced "$count threads" threads $count
	recorded "$count threads" t $((2 * count + 2))
done

# A forked child records beside its parent, and its child beside it.
rm -f t t.*
PLIMSOLL_SIZE=1M
traced fork fork
recorded fork t 3
child=$(ls t.* 2>/dev/null | grep -E '^t\.[0-9]+$')
[ -n "$child" ] && recorded 'fork, child' "$child" 2 || fail 'fork: no file of the child'
grandchild=$(ls t.* 2>/dev/null | grep -E '^t\.[0-9]+\.[0-9]+$')
[ -n "$grandchild" ] && recorded 'fork, grandchild' "$grandchild" 10 ||
	fail 'fork: no file of the grandchild'
rm -f t t.*
traced 'fork in a handler' fork-in-handler
recorded 'fork in a handler' t 4
recorded 'fork in a handler, child' t.* 5

# Two programs with one file: the second runs untraced.
mkfifo go
"$victim" wait <go >ready &
first=$!
exec 3>go
while [ ! -s ready ]; do sleep 0.01; done
refused 'a second program' 'another program records to it'
exec 3>&-
wait $first || fail 'the first of two programs'
[ "$("$trace_sum" t one)" = 3 ] || fail 'the first of two programs: records'

# Sessions from code.
unset PLIMSOLL_TRACE PLIMSOLL_SIZE PLIMSOLL_MODE PLIMSOLL_FILTER
traced reopen reopen "$dir/r"
recorded reopen r 1

[ $failures = 0 ]
