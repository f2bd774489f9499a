# Every line has as many columns as the first, to an independent reader.
make_trace every_kind t.plim
plimsoll view --csv t.plim >out
python3 -c 'import csv
rows = list(csv.reader(open("out", encoding="utf-8")))
print(len(rows), {len(row) for row in rows})'
cat out
