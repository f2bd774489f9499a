# babeltrace2 reads each without a word on stderr.
for name in two_threads every_kind spans empty; do
	make_trace $name t.plim
	plimsoll export --ctf $name t.plim || exit
	babeltrace2 --clock-gmt $name
done
