# The page takes no more: an error, and it stays as it was.
make_trace two_threads t.plim
i=0
while [ $i -lt 64 ]; do
	plimsoll enable t.plim "Cor[e$i]/$(printf '%070d' 0 | tr 0 '*')" >/dev/null 2>err || break
	i=$((i + 1))
done
cat err
cp t.plim before
plimsoll enable t.plim "Cor?/$(printf '%070d' 0 | tr 0 '*')"
echo $?
cmp before t.plim
plimsoll enable t.plim '*'
dd if=t.plim bs=4096 skip=1 count=1 2>/dev/null | tr -d '\000'
