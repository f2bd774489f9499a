# 21 overwritten + 27 dropped + 2 unfinished.
make_trace losses t.plim
plimsoll view --json t.plim >out
cat out
python3 -c 'import json
print(sum(json.loads(line).get("lost", 0) for line in open("out")))'
