/* SPDX-License-Identifier: MIT */
/*
 * What the bench and its peers agree on. A peer is a logger: its header gives the statements A and B
 * as macros, so that they expand in the caller as their users write them; its source file gives the
 * functions below.
 */
#ifndef PLIM_BENCH_H
#define PLIM_BENCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As large as the trace that Plimsoll records to, so that caches treat both alike. */
#define BENCH_BUFFER_BYTES (64ull << 20)

/** The values that are logged: statement A takes x, statement B all of them. */
struct bench_args {
	uint64_t x;
	uint64_t y;
	int32_t n;
	const char *s;
};

typedef uint64_t bench_function(const struct bench_args *args);

/** A function with its own section, so that its code can be told from what it calls. */
struct bench_probe {
	const char *name;
	bench_function *run;
	const char *start;
	const char *stop;
};

/** The probes that bench_probe.c makes in each flavour (compiler and level). */
enum {
	PROBE_REF,
	PROBE_A,
	PROBE_B,
	PROBE_REF_A16,
	PROBE_A16,
	PROBE_REF_B16,
	PROBE_B16,
	PROBE_COUNT
};

#define BENCH_FLAVOURS(FLAVOUR) FLAVOUR(gcc_O0) FLAVOUR(gcc_O2) FLAVOUR(clang_O0) FLAVOUR(clang_O2)

/** Statements are off until this was called. Returns 0, or says on stderr why not. */
int bench_peer_start(const char *directory);
/** Ends the session; everything recorded is on disk if the peer writes there. */
void bench_peer_stop(void);
extern const char bench_peer_name[];

/** Is never 0; the compiler does not know. */
extern volatile int bench_flag;
/** A call between statements, so that probes are no leaf functions. */
uint64_t bench_next(uint64_t value);

/** A place for `bytes` in the buffer that floor and simple peers write to. */
struct bench_buffer {
	uint8_t *base;
	uint64_t used;
};
extern struct bench_buffer bench_buffer;
void bench_buffer_open(void);

static inline uint8_t *bench_buffer_take(uint64_t bytes)
{
	uint64_t at = bench_buffer.used;

	if (at + bytes > BENCH_BUFFER_BYTES)
		at = 0;
	bench_buffer.used = at + bytes;
	return bench_buffer.base + at;
}

static inline uint64_t bench_clock(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/** Clock read and copy of the same bytes: what the statements are measured against. */
uint64_t bench_floor_a(const struct bench_args *args);
uint64_t bench_floor_b(const struct bench_args *args);

/** Nanoseconds of a call, the least of many rounds; several functions take turns. */
void bench_time(bench_function *const *functions, unsigned int count, const struct bench_args *args,
		double *ns);
/** Fewer calls a round, for functions that take microseconds. */
extern unsigned int bench_calls_a_round;

#ifdef __cplusplus
}
#endif

#endif
