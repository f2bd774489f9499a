make_trace two_threads t.plim
show() { dd if=t.plim bs=4096 skip=1 count=1 2>/dev/null | tr -d '\000'; }
plimsoll disable t.plim 'NetExt'
plimsoll list t.plim
show
plimsoll enable t.plim 'NetExt/connect_*:warning:0x8'
plimsoll list t.plim
show
plimsoll enable t.plim 'Core/tick'
plimsoll disable t.plim 'NetExt/c*'
plimsoll enable t.plim 'NetExt'
show
plimsoll disable t.plim '*'
show
plimsoll list t.plim
