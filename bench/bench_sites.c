/* SPDX-License-Identifier: MIT */
/*
 * Statements of 0 to 5 words, statement B, a string alone, and 64 sites in random order: as a straight
 * run of direct calls, whose order the floor's branches know, and through a table, where the floor's
 * indirect call is mispredicted as well.
 */
#include "bench_sites.h"

#include <plimsoll/tracelog.h>
#include <string.h>

PLIM_PROVIDER_DEFINE(bench, "Bench");

#define SHAPE    static __attribute__((noinline)) uint64_t
#define LOG(...) PLIM_LOG(bench, PLIM_INFO, 1, __VA_ARGS__)

/* Where a floor's record goes, its header written. */
static inline uint8_t *floor_record(uint64_t bytes, uint32_t site)
{
	uint64_t ticks = bench_clock();
	uint64_t head = (uint64_t)(uintptr_t)__builtin_frame_address(0) << 32 | site;
	uint8_t *to = bench_buffer_take(bytes);

	memcpy(to, &head, 8);
	memcpy(to + 8, &ticks, 8);
	return to + 16;
}

static inline uint64_t floor_words(const struct bench_args *args, uint32_t count)
{
	uint8_t *to = floor_record(16 + 8ull * count, count);

	for (uint32_t i = 0; i < count; i++)
		memcpy(to + 8ull * i, i & 1 ? &args->y : &args->x, 8);
	return 0;
}

/* Header, slots of `fixed` bytes, and the string. Its length is known: the floor measures nothing. */
static inline uint64_t floor_text(const struct bench_args *args, uint32_t fixed, uint32_t length)
{
	uint8_t *to = floor_record((16 + fixed + length + 7) & ~7ull, 9);

	if (fixed > 2) {
		memcpy(to, &args->x, 8);
		memcpy(to + 8, &args->y, 8);
		memcpy(to + 16, &args->n, 4);
	}
	memcpy(to + fixed - 2, &length, 2);
	memcpy(to + fixed, args->s, length);
	return 0;
}

SHAPE log_0(const struct bench_args *args)
{
	LOG("words_0");
	return args->x;
}

SHAPE log_1(const struct bench_args *args)
{
	LOG("words_1", PLIM_U64("a", args->x));
	return 0;
}

SHAPE log_2(const struct bench_args *args)
{
	LOG("words_2", PLIM_U64("a", args->x), PLIM_U64("b", args->y));
	return 0;
}

SHAPE log_3(const struct bench_args *args)
{
	LOG("words_3", PLIM_U64("a", args->x), PLIM_U64("b", args->y), PLIM_U64("c", args->x));
	return 0;
}

SHAPE log_4(const struct bench_args *args)
{
	LOG("words_4", PLIM_U64("a", args->x), PLIM_U64("b", args->y), PLIM_U64("c", args->x),
	    PLIM_U64("d", args->y));
	return 0;
}

SHAPE log_5(const struct bench_args *args)
{
	LOG("words_5", PLIM_U64("a", args->x), PLIM_U64("b", args->y), PLIM_U64("c", args->x),
	    PLIM_U64("d", args->y), PLIM_U64("e", args->x));
	return 0;
}

SHAPE log_b(const struct bench_args *args)
{
	LOG("statement_b", PLIM_U64("x", args->x), PLIM_U64("y", args->y), PLIM_I32("n", args->n),
	    PLIM_STR("s", args->s));
	return 0;
}

/* Strings of other lengths than B's: the text is this file's, not the caller's. */
static const char letters[1025] = {[0 ... 1023] = 'x'};

#define TEXT_SHAPE(length)                                                                     \
	SHAPE log_text_##length(const struct bench_args *args)                                 \
	{                                                                                      \
		(void)args;                                                                    \
		LOG("text", PLIM_STR("s", letters + 1024 - length));                           \
		return 0;                                                                      \
	}                                                                                      \
	SHAPE floor_text_##length(const struct bench_args *args)                               \
	{                                                                                      \
		struct bench_args text = {args->x, args->y, args->n, letters + 1024 - length}; \
                                                                                               \
		return floor_text(&text, 2, length);                                           \
	}
TEXT_SHAPE(0)
TEXT_SHAPE(7)
TEXT_SHAPE(16)
TEXT_SHAPE(64)
TEXT_SHAPE(1024)

#define FLOOR_SHAPE(count)                                 \
	SHAPE floor_##count(const struct bench_args *args) \
	{                                                  \
		return floor_words(args, count);           \
	}
FLOOR_SHAPE(0)
FLOOR_SHAPE(1)
FLOOR_SHAPE(2)
FLOOR_SHAPE(3)
FLOOR_SHAPE(4)
FLOOR_SHAPE(5)

SHAPE floor_b(const struct bench_args *args)
{
	return floor_text(args, 22, 16);
}

/* Sixty-four functions with a site each. */
#define SITE(id)                                                                   \
	SHAPE site_a_##id(const struct bench_args *args)                           \
	{                                                                          \
		LOG("site_a_" #id, PLIM_U64("x", args->x));                        \
		return 0;                                                          \
	}                                                                          \
	SHAPE site_b_##id(const struct bench_args *args)                           \
	{                                                                          \
		LOG("site_b_" #id, PLIM_U64("x", args->x), PLIM_U64("y", args->y), \
		    PLIM_I32("n", args->n), PLIM_STR("s", args->s));               \
		return 0;                                                          \
	}                                                                          \
	SHAPE base_a_##id(const struct bench_args *args)                           \
	{                                                                          \
		memcpy(floor_record(24, 0x##id), &args->x, 8);                     \
		return 0;                                                          \
	}                                                                          \
	SHAPE base_b_##id(const struct bench_args *args)                           \
	{                                                                          \
		return floor_text(args, 22, 16) + 0x##id;                          \
	}
#define FOUR(m, n)    m(n##0) m(n##1) m(n##2) m(n##3)
#define SIXTEEN(m, n) FOUR(m, n##0) FOUR(m, n##1) FOUR(m, n##2) FOUR(m, n##3)
#define ALL(m)        SIXTEEN(m, 0) SIXTEEN(m, 1) SIXTEEN(m, 2) SIXTEEN(m, 3)
ALL(SITE)

#define SITES_A(n) site_a_##n,
#define SITES_B(n) site_b_##n,
#define BASES_A(n) base_a_##n,
#define BASES_B(n) base_b_##n,
static bench_function *const tables[4][64] = {
	{ALL(SITES_A)}, {ALL(BASES_A)}, {ALL(SITES_B)}, {ALL(BASES_B)}};

#define TABLE_EVENTS 1024u

/* A linear congruential generator (Knuth's constants): the same order each time it is asked for. */
static inline void run_table(bench_function *const table[64], const struct bench_args *args)
{
	static uint64_t state = 1;

	for (unsigned int i = 0; i < TABLE_EVENTS; i++) {
		state = state * 6364136223846793005ull + 1442695040888963407ull;
		table[state >> 58](args);
	}
}

#define TABLE_SHAPE(name, number)                 \
	SHAPE name(const struct bench_args *args) \
	{                                         \
		run_table(tables[number], args);  \
		return 0;                         \
	}
TABLE_SHAPE(table_sites_a, 0)
TABLE_SHAPE(table_bases_a, 1)
TABLE_SHAPE(table_sites_b, 2)
TABLE_SHAPE(table_bases_b, 3)

#include "bench_order.h"

#define CALL_SITE_A(n) site_a_##n(args);
#define CALL_BASE_A(n) base_a_##n(args);
#define CALL_SITE_B(n) site_b_##n(args);
#define CALL_BASE_B(n) base_b_##n(args);
#define ORDER_SHAPE(name, call)                   \
	SHAPE name(const struct bench_args *args) \
	{                                         \
		BENCH_ORDER(call)                 \
		return 0;                         \
	}
ORDER_SHAPE(order_sites_a, CALL_SITE_A)
ORDER_SHAPE(order_bases_a, CALL_BASE_A)
ORDER_SHAPE(order_sites_b, CALL_SITE_B)
ORDER_SHAPE(order_bases_b, CALL_BASE_B)

const struct bench_shape bench_shapes[] = {
	{"no field", log_0, floor_0, 1},
	{"1 integer (A)", log_1, floor_1, 1},
	{"2 integers", log_2, floor_2, 1},
	{"3 integers", log_3, floor_3, 1},
	{"4 integers", log_4, floor_4, 1},
	{"5 integers", log_5, floor_5, 1},
	{"B, string of 16", log_b, floor_b, 1},
	{"string of 0", log_text_0, floor_text_0, 1},
	{"string of 7", log_text_7, floor_text_7, 1},
	{"string of 16", log_text_16, floor_text_16, 1},
	{"string of 64", log_text_64, floor_text_64, 1},
	{"string of 1024", log_text_1024, floor_text_1024, 1},
	{"64 sites, a random run, A", order_sites_a, order_bases_a, BENCH_ORDER_EVENTS},
	{"64 sites, a random run, B", order_sites_b, order_bases_b, BENCH_ORDER_EVENTS},
	{"64 sites, by random pointer, A", table_sites_a, table_bases_a, TABLE_EVENTS},
	{"64 sites, by random pointer, B", table_sites_b, table_bases_b, TABLE_EVENTS},
};
const unsigned int bench_shape_count = sizeof(bench_shapes) / sizeof(bench_shapes[0]);

#define OFF(n)                              \
	value += n;                         \
	__asm__ volatile("" : "+r"(value)); \
	PLIM_LOG(bench, PLIM_VERBOSE, 2, "off", PLIM_U64("x", value));
#define NONE(n)     \
	value += n; \
	__asm__ volatile("" : "+r"(value));

__attribute__((noinline)) uint64_t bench_disabled_16(const struct bench_args *args)
{
	uint64_t value = args->x;

	SIXTEEN(OFF, 0)
	return value;
}

__attribute__((noinline)) uint64_t bench_disabled_none(const struct bench_args *args)
{
	uint64_t value = args->x;

	SIXTEEN(NONE, 0)
	return value;
}
