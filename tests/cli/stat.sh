make_trace two_threads t.plim
plimsoll stat t.plim
make_trace losses t.plim
plimsoll stat t.plim
make_trace empty t.plim
plimsoll stat t.plim
