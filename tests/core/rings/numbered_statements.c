/* SPDX-License-Identifier: MIT */
/* Compiled once for each optimisation level (LEVEL): -O0 hands its words over one at a time. */
#include "numbered.h"

#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DECLARE(numbered);

#define NAME_2(name, level) name##_##level
#define NAME_1(name, level) NAME_2(name, level)

__attribute__((noinline)) static void fast(uint64_t n)
{
	PLIM_LOG(numbered, PLIM_INFO, 0, "fast", PLIM_U64("n", n),
		 PLIM_U64("mix", numbered_mix(n)));
}

__attribute__((noinline)) static void five(uint64_t n)
{
	PLIM_LOG(numbered, PLIM_INFO, 0, "five", PLIM_U64("n", n), PLIM_U64("mix", numbered_mix(n)),
		 PLIM_U8("a", (uint8_t)n), PLIM_U16("b", (uint16_t)~n), PLIM_U64("c", ~n));
}

__attribute__((noinline)) static void text(uint64_t n)
{
	PLIM_LOG(numbered, PLIM_INFO, 0, "text", PLIM_U64("n", n), PLIM_U64("mix", numbered_mix(n)),
		 PLIM_STR("text", numbered_text(n)), PLIM_BIN("blob", &n, sizeof(n)));
}

__attribute__((noinline)) static void many(uint64_t n)
{
	PLIM_LOG(numbered, PLIM_INFO, 0, "many", PLIM_U64("n", n), PLIM_U64("mix", numbered_mix(n)),
		 PLIM_U64("0", n), PLIM_U64("1", n + 1), PLIM_U64("2", n + 2), PLIM_U64("3", n + 3),
		 PLIM_U64("4", n + 4));
}

__attribute__((noinline)) static void long_(uint64_t n)
{
	PLIM_LOG(numbered, PLIM_INFO, 0, "long", PLIM_U64("n", n), PLIM_U64("mix", numbered_mix(n)),
		 PLIM_STR("s", numbered_text(n)), PLIM_STR("t", numbered_text(n)), PLIM_U64("0", n),
		 PLIM_U64("1", n + 1), PLIM_U64("2", n + 2), PLIM_U64("3", n + 3),
		 PLIM_U64("4", n + 4), PLIM_U64("5", n + 5), PLIM_U64("6", n + 6),
		 PLIM_U64("7", n + 7));
}

numbered_statement *const NAME_1(numbered, LEVEL)[NUMBERED_KINDS] = {
	[NUMBERED_FAST] = fast, [NUMBERED_FIVE] = five,  [NUMBERED_TEXT] = text,
	[NUMBERED_MANY] = many, [NUMBERED_LONG] = long_,
};
