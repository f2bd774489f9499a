/* SPDX-License-Identifier: MIT */
/* PLIM_PRINTF, PLIM_VALUE and PLIM_WSTR: kinds, order of text and values, 0 to 12 arguments. */
#include <limits.h>
#include <plimsoll/tracelog.h>
#include <wchar.h>

PLIM_PROVIDER_DEFINE(printf_test, "Printf");

static int calls;

static int count_call(int value)
{
	calls++;
	return value;
}

static void formatted(const char *text)
{
	long negative = LONG_MIN;
	unsigned long all = ULONG_MAX;
	char local[] = "local";

	PLIM_PRINTF(printf_test, PLIM_INFO, 0, "plain 100%%\n");
	PLIM_PRINTF(printf_test, PLIM_INFO, 1, "%s then %d", text, count_call(7));
	PLIM_PRINTF(printf_test, PLIM_INFO, 1, "%d then [%8.3s] and %-4u|", -1, local, 9u);
	PLIM_PRINTF(printf_test, PLIM_INFO, 0x8000000000000000, "%ld %lu %hhd %5.2f %g", negative,
		    all, (signed char)-128, 2.5, 1e300);
	PLIM_PRINTF(printf_test, PLIM_ERROR, 0, "%p %#x %08X %o %c", (void *)0, 255u, 0xbeefu, 8u,
		    (char)'c');
	PLIM_PRINTF(printf_test, PLIM_ERROR, 0, "%*d|%.*s", 5, calls, 2, "abc");
	PLIM_PRINTF(printf_test, PLIM_INFO, 0, "%d %s %d %s %d %s %d %s %d %s %d %s", 1, "a", 2,
		    "b", 3, "c", 4, "d", 5, "e", calls, "");
}

static void values(const char *none)
{
	const wchar_t *wide = L"wide";

	PLIM_LOG(printf_test, PLIM_INFO, 0, "values", PLIM_VALUE("f", 1.5f), PLIM_VALUE("w", wide),
		 PLIM_VALUE("i8", (signed char)-3), PLIM_VALUE("none", none),
		 PLIM_VALUE("ptr", (const void *)(uintptr_t)16));
	PLIM_LOG(printf_test, PLIM_INFO, 0, "text first", PLIM_VALUE("s", "text"),
		 PLIM_VALUE("u16", (unsigned short)65535), PLIM_VALUE("d", -0.5));
	PLIM_LOG(printf_test, PLIM_INFO, 0, "text last", PLIM_VALUE("count", calls),
		 PLIM_STR("t", "t"), PLIM_VALUE("s", "text"));
	PLIM_LOG(printf_test, PLIM_INFO, 0, "wide", PLIM_WSTR("wide", wide), PLIM_VALUE("s", none),
		 PLIM_WSTR("none", (const wchar_t *)0));
	if (PLIM_ENABLED(printf_test, PLIM_INFO, 0))
		PLIM_PRINTF(printf_test, PLIM_INFO, 0, "nested in an if: %u", (unsigned)calls);
	else
		calls = 100;
}

int main(void)
{
	formatted("text");
	values(0);
	return calls == 1 ? 0 : 1;
}
