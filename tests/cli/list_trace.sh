make_trace every_kind t.plim
plimsoll list t.plim
make_trace empty t.plim
plimsoll list -e 'Core:info' t.plim
plimsoll list -e 'Nobody' t.plim
