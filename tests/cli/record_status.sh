# The status is the program's; filters, size and mode reach it; the trace and its count are named.
run() {
	plimsoll record "$@" 2>err
	echo "$?: $(sed "s,$PWD,.,; s,$LOGGED_PROGRAM,PROGRAM," err)"
}
run "$LOGGED_PROGRAM" count 10 1
run -o a.plim -- "$LOGGED_PROGRAM" count 10 2 7
run -o a.plim -e 'Logged/started' -e 'Logged::8' "$LOGGED_PROGRAM" count 10 2
# How many are lost depends on the sizes of blocks; that each is counted does not.
for mode in stop overwrite; do
	run -o b.plim --size 64K --mode $mode "$LOGGED_PROGRAM" count 5000 1 |
		awk '{ print $1, ($8 > 0), $4 + $8 }'
done
plimsoll view --json b.plim | tail -1 | sed 's/.*"fields"/fields/'
run -o c.plim sh -c 'kill -TERM $$'
run -o c.plim true
: >notes
run -o notes true
echo text >notes
run -o notes "$LOGGED_PROGRAM" count 1 1
cat notes
ls
