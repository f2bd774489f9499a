make_trace losses t.plim
plimsoll view --csv t.plim
