make_trace two_threads t.plim
for filter in 'NetExt/connect_*:warning:0x8' 'Core:always' '*::1' 'Core/t[a-i]ck' '*:error'; do
	echo "== $filter"
	plimsoll view -e "$filter" t.plim
done
echo "== two"
plimsoll view -e 'Core/started' -e 'NetExt/*' t.plim
