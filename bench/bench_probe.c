/* SPDX-License-Identifier: MIT */
/*
 * The functions that hold a peer's statements. Compiled once for each flavour, with PEER_HEADER and
 * FLAVOUR defined, as C or as C++. Each function has a section of its own: its bytes are the
 * section's, and the stepper knows by the address whose frame it sees.
 */
#include "bench.h"

#include PEER_HEADER

#define CAT3_(a, b, c) a##_##b##_##c
#define CAT3(a, b, c)  CAT3_(a, b, c)
#define TEXT_(x)       #x
#define TEXT(x)        TEXT_(x)
#define NAME(what)     CAT3(probe, FLAVOUR, what)
#define SECTION(what)  CAT3(text, FLAVOUR, what)

/* A reference keeps the values alive behind the same branch, and does nothing with them. */
#define USE_A(x)                                         \
	do {                                             \
		if (bench_flag)                          \
			__asm__ volatile("" : : "r"(x)); \
	} while (0)
#define USE_B(x, y, n, s)                                \
	do {                                             \
		if (bench_flag) {                        \
			__asm__ volatile("" : : "r"(x)); \
			__asm__ volatile("" : : "r"(y)); \
			__asm__ volatile("" : : "r"(n)); \
			__asm__ volatile("" : : "r"(s)); \
		}                                        \
	} while (0)

#define STEP_A(statement)          \
	value = bench_next(value); \
	statement(value);
#define STEP_B(statement)          \
	value = bench_next(value); \
	statement(value, args->y, args->n, args->s);
#define TIMES_4(step, statement) step(statement) step(statement) step(statement) step(statement)
#define TIMES_16(step, statement) \
	TIMES_4(step, statement)  \
	TIMES_4(step, statement) TIMES_4(step, statement) TIMES_4(step, statement)

#define PROBE(what, ...)                                                                    \
	static __attribute__((noinline, section(TEXT(SECTION(what))))) uint64_t NAME(what)( \
		const struct bench_args *args)                                              \
	{                                                                                   \
		uint64_t value = args->x;                                                   \
                                                                                            \
		__VA_ARGS__                                                                 \
		return value;                                                               \
	}

PROBE(ref, (void)args;)
PROBE(a, PEER_A(value);)
PROBE(b, PEER_B(value, args->y, args->n, args->s);)
PROBE(refa16, TIMES_16(STEP_A, USE_A))
PROBE(a16, TIMES_16(STEP_A, PEER_A))
PROBE(refb16, TIMES_16(STEP_B, USE_B))
PROBE(b16, TIMES_16(STEP_B, PEER_B))

#define BOUNDS(what)                                           \
	extern const char CAT3(__start_text, FLAVOUR, what)[]; \
	extern const char CAT3(__stop_text, FLAVOUR, what)[];
#ifdef __cplusplus
extern "C" {
#endif
/* clang-format off */
BOUNDS(ref) BOUNDS(a) BOUNDS(b) BOUNDS(refa16) BOUNDS(a16) BOUNDS(refb16) BOUNDS(b16)
	/* clang-format on */
	extern const struct bench_probe CAT3(probes, FLAVOUR, table)[PROBE_COUNT];

#define ROW(what)                                                         \
	{                                                                 \
		TEXT(FLAVOUR)                                             \
		" " #what, NAME(what), CAT3(__start_text, FLAVOUR, what), \
			CAT3(__stop_text, FLAVOUR, what)                  \
	}

/* In the order of the enumeration in bench.h. */
const struct bench_probe CAT3(probes, FLAVOUR, table)[PROBE_COUNT] = {
	ROW(ref), ROW(a), ROW(b), ROW(refa16), ROW(a16), ROW(refb16), ROW(b16),
};
#ifdef __cplusplus
}
#endif
