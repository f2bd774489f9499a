make_trace two_threads t.plim
cp t.plim before
plimsoll enable t.plim 'NetExt/connect_*:error'
echo $?
cmp before t.plim
