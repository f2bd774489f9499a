/* SPDX-License-Identifier: MIT */
#include "lttng_events.h"

#define PEER_A(x)          tracepoint(plimsoll_bench, statement_a, x)
#define PEER_B(x, y, n, s) tracepoint(plimsoll_bench, statement_b, x, y, n, s)
