# Turned on and off from outside while the program runs; what it left behind after kill -9.
PLIMSOLL_TRACE=t.plim "$LOGGED_PROGRAM" wait &
pid=$!
while ! plimsoll view -e Logged/beat t.plim 2>/dev/null | grep -q beat; do sleep 0.02; done
plimsoll view -e Logged/quiet t.plim
plimsoll enable t.plim 'Logged/quiet:verbose'
while ! plimsoll view -e Logged/quiet t.plim | grep -q parity=odd; do sleep 0.02; done
plimsoll disable t.plim Logged/beat
sleep 0.1
before=$(plimsoll view -e Logged/beat t.plim | wc -l)
sleep 0.1
after=$(plimsoll view -e Logged/beat t.plim | wc -l)
[ "$before" = "$after" ] && echo "beat is off"
plimsoll stat t.plim | sed -n 's/pid [0-9]*/pid/; s,/.*/,,; 1p'
plimsoll enable t.plim 'Nothing'
kill -9 $pid
wait $pid 2>/dev/null
plimsoll stat t.plim | sed -n 's/pid [0-9]*/pid/; s,/.*/,,; 1p'
plimsoll view t.plim | sed -n '1s/.*always/always/; 1s/ *\[.*//; 1p'
