/* SPDX-License-Identifier: MIT */
/* The statements whose path is measured; compiled once for each optimisation level (LEVEL). */
#include <plimsoll/tracelog.h>

#include "path_callers.h"

PLIM_PROVIDER_DECLARE(path_figures);

#define CALLER_2(name, level) name##_##level
#define CALLER_1(name, level) CALLER_2(name, level)
/* A section of their own tells the measurement where the callers end and the path begins. */
#define CALLER(name)                                                                  \
	__attribute__((noinline, section("path_callers"))) static void CALLER_1(name, \
										LEVEL)(void *p)

CALLER(one_word)
{
	PLIM_LOG(path_figures, PLIM_INFO, 0, "one_word", PLIM_PTR("p", p));
}

CALLER(no_word)
{
	(void)p;
	PLIM_LOG(path_figures, PLIM_INFO, 0, "no_word");
}

CALLER(five_words)
{
	const uint64_t *v = p;

	PLIM_LOG(path_figures, PLIM_INFO, 0, "five_words", PLIM_U64("a", v[0]),
		 PLIM_U32("b", (uint32_t)v[1]), PLIM_U64("c", v[2]), PLIM_U8("d", (uint8_t)v[3]),
		 PLIM_U64("e", v[4]));
}

CALLER(long_string)
{
	PLIM_LOG(path_figures, PLIM_INFO, 0, "long_string", PLIM_STR("s", (const char *)p));
}

CALLER(five_words_text)
{
	PLIM_LOG(path_figures, PLIM_INFO, 0, "five_words_text", PLIM_STR("s", (const char *)p),
		 PLIM_BIN("b", p, 40), PLIM_GUID("g", p), PLIM_U64("e", 1));
}

CALLER(six_words)
{
	const uint64_t *v = p;

	PLIM_LOG(path_figures, PLIM_INFO, 0, "six_words", PLIM_U64("a", v[0]), PLIM_U64("b", v[1]),
		 PLIM_U64("c", v[2]), PLIM_U64("d", v[3]), PLIM_U64("e", v[4]),
		 PLIM_U64("f", v[5]));
}

CALLER(sixteen_fields)
{
	const uint64_t *v = p;
	const char *s = p;

	PLIM_LOG(path_figures, PLIM_INFO, 0, "sixteen_fields", PLIM_U64("a", v[0]),
		 PLIM_U64("b", v[1]), PLIM_U64("c", v[2]), PLIM_U64("d", v[3]), PLIM_U64("e", v[4]),
		 PLIM_U64("f", v[5]), PLIM_STRN("g", s, 20), PLIM_BIN("h", s, 30),
		 PLIM_STR("i", s + 400), PLIM_GUID("j", s), PLIM_MAC("k", s), PLIM_U8("l", 1),
		 PLIM_U16("m", 2), PLIM_U32("n", 3), PLIM_IPV6("o", s), PLIM_I64("p", -4));
}

path_caller *const CALLER_1(path_callers, LEVEL)[] = {
	[PATH_NO_WORD] = CALLER_1(no_word, LEVEL),
	[PATH_ONE_WORD] = CALLER_1(one_word, LEVEL),
	[PATH_FIVE_WORDS] = CALLER_1(five_words, LEVEL),
	[PATH_LONG_STRING] = CALLER_1(long_string, LEVEL),
	[PATH_FIVE_WORDS_TEXT] = CALLER_1(five_words_text, LEVEL),
	[PATH_SIX_WORDS] = CALLER_1(six_words, LEVEL),
	[PATH_SIXTEEN_FIELDS] = CALLER_1(sixteen_fields, LEVEL),
};
