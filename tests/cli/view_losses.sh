make_trace losses t.plim
plimsoll view t.plim
