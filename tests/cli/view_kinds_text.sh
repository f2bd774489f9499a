make_trace every_kind t.plim
plimsoll view t.plim
