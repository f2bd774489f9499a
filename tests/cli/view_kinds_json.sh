# Every line is JSON to an independent reader, and printed by us byte for byte.
make_trace every_kind t.plim
plimsoll view --json t.plim >out
python3 -c 'import json, sys
for line in open("out", encoding="utf-8"): json.loads(line)' || exit 1
cat out
