# What is lost is told by babeltrace2 with its time; nothing else is.
make_trace losses t.plim
plimsoll export --ctf out t.plim || exit
babeltrace2 --clock-gmt out 2>err
sed 's,"[^"]*/out,"out,' err
