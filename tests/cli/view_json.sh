make_trace two_threads t.plim
plimsoll view --json t.plim
