make_trace two_threads t.plim
try() {
	plimsoll "$@"
	echo "$?: $*"
}
try
try nonesuch
try view
try view --nonesuch t.plim
try view -e
try view t.plim t.plim
try view -e 'A:b' t.plim
try view -e ':3' t.plim
try view -e 'A/:3' t.plim
try view -e 'A::zz' t.plim
try view -e 'A::0' t.plim
try list
try list -x
try stat
try stat -x t.plim
try stat t.plim t.plim
try export t.plim
try export --ctf
try export --ctf out
try enable
try enable -x
try enable t.plim
try enable t.plim ''
try disable t.plim '*' more
try record
try record --size 63K true
try record --size 65G true
try record --size 1X true
try record --mode sometimes true
try record -e 'a,b' true
try record -e 'a:b' true
try record -o
try record ./nonesuch
