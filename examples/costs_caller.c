/* SPDX-License-Identifier: MIT */
/*
 * One function with STATEMENTS log statements, and the same function that only keeps their values
 * alive: the difference of their frames is what logging costs its caller.
 */
#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DECLARE(costs);

#ifdef REFERENCE
extern volatile unsigned char gate;
#define LOG(event, a, b, text)                              \
	do {                                                \
		if (__builtin_expect(gate, 0)) {            \
			__asm__ volatile("" : : "r"(a));    \
			__asm__ volatile("" : : "r"(b));    \
			__asm__ volatile("" : : "r"(text)); \
		}                                           \
	} while (0)
#else
#define LOG(event, a, b, text)                                                   \
	PLIM_LOG(costs, PLIM_INFO, 1, event, PLIM_U64("a", a), PLIM_I32("b", b), \
		 PLIM_STR("text", text))
#endif

#define FOUR(a, b, text)              \
	LOG("one", a, b, text);       \
	LOG("two", a + 1, b, text);   \
	LOG("three", a, b + 1, text); \
	LOG("four", a + 2, b + 2, text)

uint64_t work(uint64_t a, int b, const char *text);

uint64_t caller(uint64_t a, int b, const char *text)
{
	FOUR(a, b, text);
	a += work(a, b, text);
	FOUR(a, b, text);
	b += (int)work(a + 1, b, text);
	FOUR(a, b, text);
	FOUR(a * 3, b, text);
	return a + (uint64_t)b;
}
