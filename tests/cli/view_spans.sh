make_trace spans t.plim
plimsoll view --spans t.plim
plimsoll view --spans --json t.plim
plimsoll view --spans --csv t.plim
