# Cut in a block, a record of no site, time that runs backwards: the rest is shown, status 2.
make_trace small sound
head -c 13600 sound >cut
plimsoll view cut | tail -3
plimsoll view cut >/dev/null
echo "cut: $?"
for at in 5448 5449 5463 9540; do
	cp sound flip
	printf '\377' | dd of=flip bs=1 seek=$at conv=notrunc 2>/dev/null
	plimsoll view flip >out
	echo "flip: $?, $(wc -l <out) lines"
done
