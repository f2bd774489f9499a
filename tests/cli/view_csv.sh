make_trace two_threads t.plim
plimsoll view --csv t.plim
