# A signal to the recorder reaches the program, whose end by it is told.
plimsoll record -o t.plim "$LOGGED_PROGRAM" wait 2>err &
recorder=$!
while ! plimsoll view -e Logged/beat t.plim 2>/dev/null | grep -q beat; do sleep 0.02; done
kill -TERM $recorder
wait $recorder
echo "record: $?"
sed "s,$PWD,.,; s/: [0-9]* events/: N events/" err
