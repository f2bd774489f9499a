make_trace two_threads t.plim
plimsoll view -e 'Nobody' t.plim
