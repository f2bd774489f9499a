/* SPDX-License-Identifier: MIT */
/* Read several times by lttng/tracepoint-event.h, so the guard is LTTng's own. */
#undef TRACEPOINT_PROVIDER
#define TRACEPOINT_PROVIDER plimsoll_bench
#undef TRACEPOINT_INCLUDE
#define TRACEPOINT_INCLUDE "./lttng_events.h"

#if !defined(PLIM_LTTNG_EVENTS_H) || defined(TRACEPOINT_HEADER_MULTI_READ)
#define PLIM_LTTNG_EVENTS_H

#include <lttng/tracepoint.h>
#include <stdint.h>

TRACEPOINT_EVENT(plimsoll_bench, statement_a, TP_ARGS(uint64_t, x),
		 TP_FIELDS(ctf_integer(uint64_t, x, x)))
TRACEPOINT_EVENT(plimsoll_bench, statement_b,
		 TP_ARGS(uint64_t, x, uint64_t, y, int32_t, n, const char *, s),
		 TP_FIELDS(ctf_integer(uint64_t, x, x) ctf_integer(uint64_t, y, y)
				   ctf_integer(int32_t, n, n) ctf_string(s, s)))

#endif

#include <lttng/tracepoint-event.h>
