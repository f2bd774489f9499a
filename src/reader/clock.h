/* SPDX-License-Identifier: MIT */
/* Ticks of the clock that stamped the records -> UTC, in integers, never backwards. */
#ifndef PLIM_READER_CLOCK_H
#define PLIM_READER_CLOCK_H

#include "reader/trace.h"

struct plim_clock {
	uint64_t base_ticks;
	uint64_t base_ns;
	uint64_t factor; /* nanoseconds a tick, times 2^shift */
	unsigned shift;
};

/** Chooses the best pair of instants that there is. */
void plim_clock_init(struct plim_clock *clock, struct plim_trace *trace);

/** What the clock shows now, in ticks; UINT64_MAX where it cannot be read here. */
uint64_t plim_clock_now(const struct plim_clock *clock, const struct plim_trace *trace);

static inline uint64_t plim_clock_ns(const struct plim_clock *clock, uint64_t ticks)
{
	/* The difference as a signed number: a record may be stamped before the session's pair. */
	__int128 ns = (__int128)(int64_t)(ticks - clock->base_ticks) * (__int128)clock->factor;
	__int128 utc = (ns >> clock->shift) + (__int128)clock->base_ns;

	return utc < 0 ? 0 : (uint64_t)utc;
}

#endif
