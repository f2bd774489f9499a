/* SPDX-License-Identifier: MIT */
#include "reader/clock.h"

#include <time.h>

#define NS_PER_S 1000000000ull

/* A frequency outside of this is no clock that a CPU counts for its programs. */
#define HZ_MIN 1000ull
#define HZ_MAX 1000000000000ull

/** ns * 2^shift / ticks with the largest shift that fits a 63-bit factor. */
static void set_factor(struct plim_clock *clock, uint64_t ns, uint64_t ticks)
{
	unsigned __int128 factor;
	unsigned shift = 56;

	do {
		shift--;
		factor = ((unsigned __int128)ns << shift) / ticks;
	} while (factor >> 63);
	clock->factor = (uint64_t)factor;
	clock->shift = shift;
}

/**
 * Takes the rate between two instants unless it is a thousandth away from the measured frequency:
 * then UTC was set between them, and says nothing about the clock.
 */
static bool rate_from_pair(struct plim_clock *clock, uint64_t hz, uint64_t ticks, uint64_t ns)
{
	unsigned __int128 expected = (unsigned __int128)ticks * NS_PER_S / hz;
	unsigned __int128 slack = expected / 1000;

	/* Under a tenth of a second the reading of the pair itself is the larger error. */
	if (ns < NS_PER_S / 10 || ns > INT64_MAX / 2)
		return false;
	if (ns < expected - slack || ns > expected + slack)
		return false;
	set_factor(clock, ns, ticks);
	return true;
}

static uint64_t utc_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static bool clock_is_here(const struct plim_trace *trace)
{
#if defined(__x86_64__)
	return (trace->header.clock & 0xff) == PLIM_CLOCK_TSC && plim_trace_same_boot(trace);
#else
	(void)trace;
	return false;
#endif
}

static uint64_t read_clock(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#else
	return UINT64_MAX;
#endif
}

void plim_clock_init(struct plim_clock *clock, struct plim_trace *trace)
{
	const struct plim_file_header *h = &trace->header;
	uint64_t hz = h->clock_hz;

	clock->base_ticks = h->open_ticks;
	clock->base_ns = h->open_utc_ns;
	if (hz < HZ_MIN || hz > HZ_MAX) {
		plim_trace_damaged(trace, "header: a clock of %llu Hz", (unsigned long long)hz);
		hz = NS_PER_S;
	}
	if (h->close_ticks > h->open_ticks && h->close_utc_ns > h->open_utc_ns &&
	    rate_from_pair(clock, hz, h->close_ticks - h->open_ticks,
			   h->close_utc_ns - h->open_utc_ns))
		return;
	if (clock_is_here(trace)) {
		uint64_t ticks = read_clock();
		uint64_t ns = utc_now();

		if (ticks > h->open_ticks && ns > h->open_utc_ns &&
		    rate_from_pair(clock, hz, ticks - h->open_ticks, ns - h->open_utc_ns))
			return;
	}
	set_factor(clock, NS_PER_S, hz);
}

uint64_t plim_clock_now(const struct plim_clock *clock, const struct plim_trace *trace)
{
	if (clock_is_here(trace))
		return read_clock();
	uint64_t ns = utc_now();

	if (ns <= clock->base_ns || clock->factor == 0)
		return UINT64_MAX;
	return clock->base_ticks +
	       (uint64_t)(((unsigned __int128)(ns - clock->base_ns) << clock->shift) /
			  clock->factor);
}
