# A terminal gets colour, NO_COLOR and TERM=dumb take it away.
make_trace two_threads t.plim
TERM=xterm script -qec 'plimsoll view -e Core t.plim' /dev/null
TERM=xterm NO_COLOR=1 script -qec 'plimsoll view -e Core t.plim' /dev/null
TERM=dumb script -qec 'plimsoll view -e Core t.plim' /dev/null
