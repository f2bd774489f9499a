# One line and status 2 for each.
try() {
	for command in view list stat "export --ctf out"; do
		timeout 10 plimsoll $command "$1"
		echo "$command: $?"
	done
	timeout 10 plimsoll enable "$1" '*'
	echo "enable: $?"
}
make_trace two_threads sound
: >empty
mkdir folder
mkfifo fifo
echo "no trace at all" >text
head -c 100 sound >head
head -c 4095 sound >header
byte() { cp sound "$1"; printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
byte version 12 '\007'
byte order 8 '\012\013\014\015'
byte badorder 8 '\001'
byte setup 24 '\000'
byte block 34 '\377'
byte offset 70 '\377'
for file in missing empty folder fifo text head header version order badorder setup block offset; do
	try "$file"
done
