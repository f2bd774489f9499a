# A follower sees every event of a running program once, in the order of time, and ends with it.
plimsoll record -o t.plim --size 16M "$LOGGED_PROGRAM" count 20000 4 2>err &
recorder=$!
while ! plimsoll list t.plim >/dev/null 2>&1; do sleep 0.02; done
timeout 60 plimsoll view -f --json t.plim >followed
echo "view: $?"
wait $recorder
echo "record: $?"
sed "s,$PWD,.," err
python3 -c 'import json
last, times, lost = {}, [], 0
for line in open("followed"):
	d = json.loads(line)
	if "lost" in d: lost += d["lost"]; continue
	times.append(int(d["time_ns"]))
	if d["event"] != "number": continue
	f = d["fields"]
	assert f["i"] == last.get(f["thread"], -1) + 1, (f, last)
	last[f["thread"]] = f["i"]
print(sorted(last.items()), len(times), lost, times == sorted(times))'
