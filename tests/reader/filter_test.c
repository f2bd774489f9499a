/* SPDX-License-Identifier: MIT */
/* What a FILTER matches, and what a page of them says about a site. */
#include "base/filter.h"

#include <stdio.h>
#include <string.h>

static unsigned failures;

static void check(bool is_right, const char *what)
{
	if (!is_right) {
		printf("not ok: %s\n", what);
		failures++;
	}
}

struct match_case {
	const char *filter;
	const char *provider;
	const char *event; /* NULL: a question */
	uint8_t level;
	uint64_t keyword;
	int expected; /* 1 matches, 0 does not, -1 is no filter */
};

static const struct match_case matches[] = {
	{"NetExt", "NetExt", "any", 5, 0, 1},
	{"NetExt", "NetExt2", "any", 5, 0, 0},
	{"NetExt", "netext", "any", 5, 0, 0},
	{"Net*", "NetExt", "any", 0, 0, 1},
	{"*", "", "", 0, 0, 1},
	{"N?tE[w-y]t", "NetExt", "any", 0, 0, 1},
	{"N?tE[!w-y]t", "NetExt", "any", 0, 0, 0},
	{"[]x]", "]", "any", 0, 0, 1},
	{"[", "[", "any", 0, 0, 1},
	{"a\\*", "a*", "any", 0, 0, 1},
	{"a\\*", "ab", "any", 0, 0, 0},
	{"*a*b*c", "xxaxxbxxbxc", "any", 0, 0, 1},
	{"*a*b*c", "xxaxxbxxbx", "any", 0, 0, 0},
	{"A/connect_*", "A", "connect_denied", 5, 0, 1},
	{"A/connect_*", "A", "disconnect", 5, 0, 0},
	{"A/connect_*", "A", NULL, 5, 0, 1},
	{"A/x/y", "A", "x/y", 5, 0, 1},
	{"A:warning", "A", "e", 3, 0, 1},
	{"A:Warning", "A", "e", 2, 0, 1},
	{"A:3", "A", "e", 4, 0, 0},
	{"A:always", "A", "e", 1, 0, 0},
	{"A:info:0x3", "A", "e", 4, 2, 1},
	{"A:info:0x3", "A", "e", 4, 4, 0},
	{"A:info:3", "A", "e", 4, 0, 0},
	{"A::0xffffffffffffffff", "A", "e", 5, 1ull << 63, 1},
	{"A::18446744073709551615", "A", "e", 5, 1, 1},
	{"", "A", "e", 0, 0, -1},
	{"/e", "A", "e", 0, 0, -1},
	{"A/", "A", "e", 0, 0, -1},
	{"A:", "A", "e", 0, 0, -1},
	{"A:6", "A", "e", 0, 0, -1},
	{"A:warn", "A", "e", 0, 0, -1},
	{"A::", "A", "e", 0, 0, -1},
	{"A::0", "A", "e", 0, 0, -1},
	{"A::0x", "A", "e", 0, 0, -1},
	{"A::0x1g", "A", "e", 0, 0, -1},
	{"A::18446744073709551616", "A", "e", 0, 0, -1},
	{"A:1:1:1", "A", "e", 0, 0, -1},
	{"A\nB", "A", "e", 0, 0, -1},
};

static void check_matches(void)
{
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		const struct match_case *c = &matches[i];
		struct plim_filter filter;
		struct plim_error err = {""};
		int got = -1;

		if (plim_filter_parse(&filter, c->filter, strlen(c->filter), &err) == 0)
			got = plim_filter_match(&filter, c->provider, c->event, c->level,
						c->keyword);
		else
			check(err.text[0] != '\0', "a refused filter has its reason");
		if (got != c->expected)
			printf("'%s': %d instead of %d\n", c->filter, got, c->expected);
		check(got == c->expected, c->filter);
	}
}

static bool decide(const char *page, const char *event, uint8_t level)
{
	return plim_filter_page_decide(page, strlen(page) + 1, "A", event, level, 0);
}

static void check_page(void)
{
	check(!decide("", "e", 0), "an empty page turns nothing on");
	check(decide("+*:info\n", "e", 4), "a line turns on");
	check(!decide("+*:info\n", "e", 5), "a line keeps its level");
	check(!decide("+*:info\n-A/e\n", "e", 4), "the later line wins");
	check(decide("+*:info\n-A/e\n", "f", 4), "the later line speaks of its event only");
	check(decide("-A\n+A/e:5\n", "e", 5), "on again");
	check(decide("?\n\n+:\n+*\n", "e", 5), "a line that cannot be read is stepped over");
	check(decide("+*", "e", 5), "the last line needs no newline");
	check(decide("+A/e\n", NULL, 5), "a question is on when an event may be");
	check(decide("+A\n-A/e\n", NULL, 5), "and stays on when one event is off");
	check(!decide("+A\n-A\n", NULL, 5), "and is off when all are");
}

static void check_long(void)
{
	struct plim_filter filter;
	char text[PLIM_FILTER_TEXT_BYTES + 8];

	memset(text, '*', sizeof(text));
	check(plim_filter_parse(&filter, text, PLIM_FILTER_GLOB_BYTES - 1, NULL) == 0, "longest");
	check(plim_filter_parse(&filter, text, PLIM_FILTER_GLOB_BYTES, NULL) != 0, "too long");
	check(plim_filter_parse(&filter, text, sizeof(text), NULL) != 0, "far too long");
}

int main(void)
{
	check_matches();
	check_page();
	check_long();
	return failures != 0;
}
